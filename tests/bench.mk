# The benchmark kernel. It has the module's objects instead of ksg.o, whose inner names are hidden.

BENCH_O := $(BUILD)/tests/bench/bench.o $(BOOT_O) $(KSG_O)

$(BUILD)/tests/bench/%.o: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(TARGET) $(CFLAGS) $(DEPS) -Ikmod -Iboot -c -o $@ $<

$(eval $(call link_rule,bench,$(BENCH_O)))
