# Reports against gdb: see tests/accuracy/run.sh.

GENERATE_O := $(patsubst %.c,$(BUILD)/native/%.o,$(wildcard tests/accuracy/*.c))
ACCURACY_NEEDS := $(BUILD)/ksg.o $(BUILD)/ksgsym $(BUILD)/native/tests/accuracy/generate \
                  $(BOOT_S:%.asm=$(BUILD)/%.asm.o)

# Not a variable of that name that another file has.
ACCURACY_SEED = $(if $(filter-out file,$(origin SEED)),$(SEED))

.PHONY: accuracy
accuracy: $(ACCURACY_NEEDS) ## reports of random crashes against gdb, row by row (SHORT=1, SEED=text, PROGRAM=kind/n)
	@BUILD=$(BUILD) TARGET='$(TARGET)' QEMU=$(QEMU) SEED='$(ACCURACY_SEED)' SHORT=$(SHORT) PROGRAMS=$(PROGRAMS) \
	    $(ACCURACY_COMPILERS) sh tests/accuracy/run.sh $(PROGRAM)

# CC is one of the two compilers.
ACCURACY_COMPILERS = $(if $(findstring clang,$(CC)),CLANG,GCC)='$(CC)'

.PHONY: matrix
matrix: $(ACCURACY_NEEDS) ## the same for a hundred ways to build a kernel (SHORT=1, KINDS=names, SEED=text, PROGRAM=kind/n)
	@BUILD=$(BUILD) TARGET='$(TARGET)' QEMU=$(QEMU) SEED='$(ACCURACY_SEED)' SHORT=$(SHORT) KINDS='$(KINDS)' \
	    PROGRAMS=$(or $(PROGRAMS),$(if $(SHORT),3,5)) MATRIX=$(if $(SHORT),short,full) $(ACCURACY_COMPILERS) \
	    sh tests/accuracy/run.sh $(PROGRAM)

all-tests: $(ACCURACY_NEEDS)

$(call made_by,generate,$(GENERATE_O))
$(BUILD)/native/tests/accuracy/generate: $(GENERATE_O) $(BUILD)/made-by/generate
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -o $@ $(GENERATE_O)
