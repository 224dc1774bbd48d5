# make inject N=10000 SEED=1: damages a kernel that crashes, at random, again and again, and judges its reports.

N    ?= 1000
SEED ?= 1

MODULES_inject = kstackguard=$(BUILD)/ksg.o kernel=$(BUILD)/boot/ $(foreach m,victim filter files disk,$m=$(BUILD)/tests/inject/kernel/$m.o)
INJECT_KERNEL := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/inject/kernel/*.c)) $(BUILD)/tests/inject/kernel/step.asm.o
INJECT_HOST   := $(patsubst %.c,$(BUILD)/native/%.o,$(wildcard tests/inject/*.c))

$(BUILD)/tests/inject/kernel/%.o: tests/inject/kernel/%.c $(BUILD)/made-by/cc
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(Q)$(CC) $(TARGET) $(CFLAGS) $(DEPS) -Ikmod -Iboot -c -o $@ $<

$(eval $(call link_rule,inject,$(BOOT_O) $(INJECT_KERNEL) $(BUILD)/ksg.o))

$(call made_by,inject,$(INJECT_HOST))
$(BUILD)/native/tests/inject/inject: $(INJECT_HOST) $(BUILD)/native/libhost.a $(BUILD)/native/libkmod.a $(BUILD)/made-by/inject
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -o $@ $(filter %.o %.a,$^)

.PHONY: inject
inject: ## N=1000 random damages to a kernel that crashes (SEED=1; TRIAL=n: only that one, and what it printed)
	@$(MAKE) --no-print-directory -s $(BUILD)/kernels/inject.elf $(BUILD)/native/tests/inject/inject
	@QEMU=$(QEMU) $(BUILD)/native/tests/inject/inject $(BUILD)/kernels/inject.elf tests $(SEED) $(if $(TRIAL),trial $(TRIAL),$(N))

all-tests: $(BUILD)/kernels/inject.elf $(BUILD)/native/tests/inject/inject
