# The benchmark kernel. It has the module's objects instead of ksg.o, whose inner names are hidden; both the module and the
# kernel bring a memcpy of their own, and one is enough here.

MODULES_bench = kstackguard=$(BUILD)/kmod/ kernel=$(BUILD)/boot/ bench=$(BUILD)/tests/bench/
BENCH_O := $(BUILD)/tests/bench/bench.o $(BOOT_O) $(filter-out $(BUILD)/arch/i386/builtin.o,$(KSG_O))

$(BUILD)/tests/bench/%.o: tests/bench/%.c $(BUILD)/made-by/cc
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(Q)$(CC) $(TARGET) $(CFLAGS) $(DEPS) -Ikmod -Iboot -c -o $@ $<

$(eval $(call link_rule,bench,$(BENCH_O)))
