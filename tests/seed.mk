# The crash that the project grew from, replayed from its stack's words: tests/seed/README.md.

SEED := $(BUILD)/native/tests/seed

.PHONY: seed
seed: $(SEED)/seed ## the report of the crash that the project grew from: from its start found by hand, and from nothing
	@$< tests/seed found
	@$< tests/seed nothing

all-tests: $(SEED)/seed $(SEED)/trash

$(SEED)/seed $(SEED)/trash: $(SEED)/stackhog.o $(BUILD)/native/libhost.a $(BUILD)/native/libkmod.a

$(SEED)/seed $(SEED)/trash: $(SEED)/%: $(SEED)/%.o
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -o $@ $^
