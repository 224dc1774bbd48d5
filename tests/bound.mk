# The kernel of the worst inputs: as the benchmark kernel, it has the module's objects instead of ksg.o.

MODULES_bound = kstackguard=$(BUILD)/kmod/ kernel=$(BUILD)/boot/ bound=$(BUILD)/tests/bench/
$(eval $(call link_rule,bound,$(BUILD)/tests/bench/bound.o $(filter-out $(BUILD)/tests/bench/bench.o,$(BENCH_O))))

bench all-tests: $(BUILD)/kernels/bound.elf
