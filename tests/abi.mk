# tests/kernels/hooks.c again: with all of the reference kernel built by flags that change how functions are called or how
# structures are laid out; and itself with SSE. The module is the usual one.

ABI_regparm := -mregparm=3
ABI_rtd     := -mrtd
ABI_layout  := -fpack-struct -Wno-address-of-packed-member -fshort-enums -fshort-wchar -funsigned-char -mms-bitfields \
               -freg-struct-return $(if $(findstring clang,$(CC)),,-malign-double)
ABI_sse     := -msse2
ABI_KINDS   := regparm rtd layout sse

# SSE has to be switched on first: only the kernel's own part is built with it.
abi_target      = $(if $(filter sse,$1),$(filter-out -mgeneral-regs-only,$(TARGET)),$(TARGET))
abi_boot        = $(if $(filter sse,$1),$(BOOT_O),$(BOOT_C:%.c=$(BUILD)/abi/$1/%.o) $(BOOT_S:%.asm=$(BUILD)/%.asm.o))

# $1: a kind.
define abi_rules
$(BUILD)/abi/$1/%.o: %.c
	@mkdir -p $$(@D)
	$$(call say,cc,$$@)
	$$(Q)$$(CC) $$(call abi_target,$1) $$(CFLAGS) $$(ABI_$1) $$(DEPS) -Ikmod -Iboot -c -o $$@ $$<

MODULES_hooks_$1 := kstackguard=$(BUILD)/ksg.o kernel=$(BUILD)/boot/ $(if $(filter sse,$1),,kernel=$(BUILD)/abi/$1/boot/) hooks=$(BUILD)/abi/$1/tests/
$(call link_rule,hooks_$1,$(call abi_boot,$1) $(BUILD)/abi/$1/tests/kernels/hooks.o $(BUILD)/ksg.o)
endef
$(foreach kind,$(ABI_KINDS),$(eval $(call abi_rules,$(kind))))

all-tests: $(ABI_KINDS:%=$(BUILD)/kernels/hooks_%.elf)
