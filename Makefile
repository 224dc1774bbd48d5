# kstackguard. `make help` lists what there is to do.

CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
NASM    ?= nasm
LD      ?= ld
OBJCOPY ?= objcopy
QEMU    ?= qemu-system-i386
BUILD   ?= build
# Which of tests/kernels/ `make run` boots.
KERNEL  ?= demo

# Commands are named, or with V=1 shown.
Q        = $(if $(V),,@)
say      = $(if $(V),,@printf "  %-7s %s\n" $1 $2)

# What a compiler is, it says itself: its name may be cc. Where it makes programs for another machine, gcc makes the
# companions.
CC_IS   := $(shell echo '__clang__ __VERSION__' | $(CC) -E -P -x c - 2>/dev/null)
gcc_or_clang = $(if $(filter __clang__,$(CC_IS)),$1,$2)
ifeq ($(origin HOSTCC),undefined)
RUNS    := $(if $(filter gcc,$(CC)),yes,$(shell program=$$(mktemp) && echo 'int main(void) { return puts("yes") < 0; }' | \
    $(CC) -include stdio.h -x c -o $$program - 2>/dev/null && $$program 2>/dev/null; rm -f $$program))
HOSTCC  := $(if $(filter yes,$(RUNS)),$(CC),gcc)
endif

# With WERROR=1 a warning is an error. A compiler newer than this may have others.
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla $(if $(WERROR),-Werror)
# -march=i386: no cmov, which a 486 does not know. -mgeneral-regs-only: what x87 and SSE hold is the kernel's.
TARGET  := -m32 -march=i386 -mgeneral-regs-only -ffreestanding -fno-pie -fno-stack-protector -fcf-protection=none \
           -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-common
# The module's stacks are small: words are aligned, no more. The handler itself uses no SSE.
ALIGN   := $(call gcc_or_clang,-mpreferred-stack-boundary=2,-mstack-alignment=4)
# A kernel that is built with SSE expects ESP to be a multiple of 16 where its hooks are called.
HOOKS   := $(call gcc_or_clang,-mincoming-stack-boundary=2,-mstackrealign) -fno-optimize-sibling-calls
HANDLER := -fomit-frame-pointer
CFLAGS  := -std=c11 -O2 -g $(WARNINGS)
DEPS     = -MMD -MP -MF $(@:.o=.d)
NASMFLAGS := -f elf32 -g -F dwarf
HOSTFLAGS := -std=c11 -O2 -g $(WARNINGS) -D_POSIX_C_SOURCE=200809L

KMOD_C  := $(wildcard kmod/*.c)
ARCH_C  := $(wildcard arch/i386/*.c)
ARCH_S  := $(wildcard arch/i386/*.asm)
BOOT_C  := $(wildcard boot/*.c)
BOOT_S  := $(wildcard boot/*.asm)
HOST_C  := $(wildcard kmod/host/*.c)
UNIT_C  := $(wildcard tests/unit/*.c)

KSG_O   := $(KMOD_C:%.c=$(BUILD)/%.o) $(ARCH_C:%.c=$(BUILD)/%.o) $(ARCH_S:%.asm=$(BUILD)/%.asm.o)
BOOT_O  := $(BOOT_C:%.c=$(BUILD)/%.o) $(BOOT_S:%.asm=$(BUILD)/%.asm.o)
# Companions: each with a main of its own, on what they share.
HOST_MAIN := ksgsym ksg
HOST_O  := $(patsubst %.c,$(BUILD)/native/%.o,$(filter-out $(HOST_MAIN:%=kmod/host/%.c),$(HOST_C)))
NATIVE_O := $(KMOD_C:%.c=$(BUILD)/native/%.o)

# One test kernel is one file tests/kernels/NAME.c or NAME.asm, or both, or a folder NAME/ of such files.
KERNELS := $(sort $(basename $(notdir $(wildcard tests/kernels/*.c tests/kernels/*.asm))) \
                  $(notdir $(patsubst %/,%,$(wildcard tests/kernels/*/))))
KERNEL_ELF := $(KERNELS:%=$(BUILD)/kernels/%.elf)

.DEFAULT_GOAL := help
.SECONDARY:
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help run kernels lib test unit bench stack-check fresh clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z -]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(BUILD)/kernels/$(KERNEL).elf ## boot the demo in QEMU and show its crash report (KERNEL=name: a test kernel's)
	@QEMU=$(QEMU) sh tests/boot.sh $<

kernels: ## the test kernels, a line each
	@awk -f tests/kernels.awk $(sort $(wildcard tests/kernels/*.c) $(patsubst %/,%.expect,$(wildcard tests/kernels/*/)))

lib: $(BUILD)/ksg.o ## build/ksg.o, the module: link it into a kernel together with kmod/ksg.h

test: ## every test; ends with "N passed, N failed"
	@$(MAKE) --no-print-directory -s all-tests
	@BUILD=$(BUILD) CC='$(CC)' HOSTCC='$(HOSTCC)' QEMU=$(QEMU) sh tests/run.sh

bench: ## instructions per frame and row, sizes: one line each, name and number
	@$(MAKE) --no-print-directory -s $(BUILD)/ksg.o $(BUILD)/kernels/bench.elf $(BUILD)/kernels/demo.elf
	@BUILD=$(BUILD) QEMU=$(QEMU) sh tests/bench/bench.sh

stack-check: $(BUILD)/ksg.o ## is half of the handler's stack enough for it, at the worst? Silent if so
	@BUILD=$(BUILD) sh tests/bench/stack.sh --check

fresh: ## what the README says, tried on a bare Debian that debootstrap makes, as root (SUITE=bookworm, trixie, sid)
	@BUILD=$(BUILD) sh tests/fresh.sh '$(or $(SUITE),bookworm)'

clean: ## remove build/
	@if grep -qsF ' $(abspath $(BUILD))/' /proc/mounts; then \
	    echo 'something is mounted in $(BUILD)/, and would be removed with it: grep $(BUILD)/ /proc/mounts' >&2; exit 1; fi
	rm -rf $(BUILD)

.PHONY: all-tests
all-tests: lib stack-check $(KERNEL_ELF) $(UNIT_C:%.c=$(BUILD)/native/%) $(HOST_MAIN:%=$(BUILD)/%)

# --- what is made in another way is made again ---

# $(call made_by,NAME,TEXT): what depends on BUILD/made-by/NAME is made again when the text is another one than last time:
# a command, or what an archive or a kernel consists of.
# (make 4.3 does not always take the line's end off what it reads; strip does.)
made_by  = $(eval MADE_BY_$1 := $$(strip $$2))$(if $(call differ,$(MADE_BY_$1),$(strip $(file <$(BUILD)/made-by/$1))),$(eval \
    $(BUILD)/made-by/$1: FORCE))
differ   = $(subst x$1x,,x$2x)$(subst x$2x,,x$1x)

$(BUILD)/made-by/%:
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(MADE_BY_$*))' >$@

.PHONY: FORCE
FORCE:

$(call made_by,cc,$(CC_IS) $(CC) $(TARGET) $(ALIGN) $(HOOKS) $(HANDLER) $(CFLAGS))
$(call made_by,nasm,$(NASM) $(NASMFLAGS))
$(call made_by,hostcc,$(HOSTCC) $(HOSTFLAGS))
$(call made_by,ksg.o,$(LD) $(OBJCOPY) $(KSG_O))
$(call made_by,libkmod.a,$(NATIVE_O))
$(call made_by,libhost.a,$(HOST_O))

# --- the module ---

# What runs on the handler's stack only, which nobody walks: one register more is worth it.
HANDLER_O := $(filter-out $(patsubst %,$(BUILD)/kmod/%.o,overflow paint registry status),$(KMOD_C:%.c=$(BUILD)/%.o))
$(HANDLER_O): private FRAMES = $(HANDLER)

$(BUILD)/kmod/hooks.o: private ALIGN := $(HOOKS)

$(BUILD)/kmod/%.o: kmod/%.c $(BUILD)/made-by/cc
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(Q)$(CC) $(TARGET) $(ALIGN) $(FRAMES) $(CFLAGS) -fstack-usage $(DEPS) -c -o $@ $<

$(BUILD)/arch/%.o: arch/%.c $(BUILD)/made-by/cc
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(Q)$(CC) $(TARGET) $(ALIGN) $(CFLAGS) -fstack-usage $(DEPS) -Ikmod -c -o $@ $<

$(BUILD)/%.asm.o: %.asm $(BUILD)/made-by/nasm
	@mkdir -p $(@D)
	$(call say,nasm,$@)
	$(Q)$(NASM) $(NASMFLAGS) -MD $(@:.o=.d) -o $@ $<

# Only names that begin with ksg_ stay global.
$(BUILD)/ksg.o: $(KSG_O) kmod/ksg.ld $(BUILD)/made-by/ksg.o
	$(call say,ld,$@)
	$(Q)$(LD) -m elf_i386 -r -T kmod/ksg.ld -o $@.all $(KSG_O)
	$(Q)$(OBJCOPY) --wildcard --keep-global-symbol='ksg_*' $@.all $@
	@rm -f $@.all

# --- companions on the developer's machine ---

$(BUILD)/native/%.o: %.c $(BUILD)/made-by/hostcc
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) $(HOSTFLAGS) $(DEPS) -Ikmod -c -o $@ $<

# Everything in kmod/, and what the companions share.
$(BUILD)/native/libkmod.a: $(NATIVE_O) $(BUILD)/made-by/libkmod.a
$(BUILD)/native/libhost.a: $(HOST_O) $(BUILD)/made-by/libhost.a
$(BUILD)/native/%.a:
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

$(HOST_MAIN:%=$(BUILD)/%): $(BUILD)/%: $(BUILD)/native/kmod/host/%.o $(BUILD)/native/libhost.a $(BUILD)/native/libkmod.a
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -o $@ $^

# --- the reference kernel, linked twice: the second time with the names of the first, which must not move ---

$(BUILD)/boot/%.o: boot/%.c $(BUILD)/made-by/cc
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(Q)$(CC) $(TARGET) $(CFLAGS) $(DEPS) -Ikmod -c -o $@ $<

$(BUILD)/tests/kernels/%.o: tests/kernels/%.c $(BUILD)/made-by/cc
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(Q)$(CC) $(TARGET) $(CFLAGS) $(DEPS) -Ikmod -Iboot -c -o $@ $<

# The objects of one test kernel.
kernel_sources = $(wildcard tests/kernels/$1.c tests/kernels/$1.asm tests/kernels/$1/*.c tests/kernels/$1/*.asm)
kernel_objects = $(patsubst %.c,$(BUILD)/%.o,$(patsubst %.asm,$(BUILD)/%.asm.o,$(call kernel_sources,$1)))

# Which module of the report an object counts as: NAME=PATH, see kmod/host/ksgsym.c. A kernel with modules of its own
# sets MODULES_name.
MODULES_demo = kstackguard=$(BUILD)/ksg.o nt=$(BUILD)/boot/ $(foreach m,nt fltmgr BabyHog BossHog BossHog01 MamaHog daddyHog Ntfs StackHog,$m=$(BUILD)/tests/kernels/demo/$m.o)
modules = $(or $(MODULES_$1),kstackguard=$(BUILD)/ksg.o kernel=$(BUILD)/boot/ $1=$(BUILD)/tests/kernels/)

# A kernel, $1, of the objects $2.
define link_rule
$(call made_by,kernels/$1,$(LD) $2 $(call modules,$1))
$(BUILD)/kernels/$1.elf: $2 linker.ld $(BUILD)/ksgsym $(BUILD)/made-by/kernels/$1
	@mkdir -p $$(@D)
	$$(call say,ld,$$@)
	$$(Q)$(LD) -m elf_i386 -T linker.ld -Map=$$@.map -o $$@.first $$(filter %.o,$$^)
	$$(Q)$(BUILD)/ksgsym --map $$@.map -o $$@.symbols.o $$@.first $$(call modules,$1)
	$$(Q)$(LD) -m elf_i386 -T linker.ld -o $$@ $$(filter %.o,$$^) $$@.symbols.o
	$$(Q)$(BUILD)/ksgsym --check $$@
	@rm -f $$@.first
endef
$(foreach k,$(KERNELS),$(eval $(call link_rule,$k,$(BOOT_O) $(call kernel_objects,$k) $(BUILD)/ksg.o)))

# --- tests ---

include $(wildcard tests/*.mk)

$(BUILD)/native/tests/unit/%: $(BUILD)/native/tests/unit/%.o $(BUILD)/native/libhost.a $(BUILD)/native/libkmod.a
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -o $@ $^

# Not those of a whole system that `make fresh` is at work in.
-include $(shell find $(BUILD) -path $(BUILD)/fresh -prune -o -name '*.d' -print 2>/dev/null)
