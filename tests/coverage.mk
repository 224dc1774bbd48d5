# How much of kmod/ the tests on the host run through: gcc's --coverage and gcov.

# Not optimized: each condition of the source is a branch of its own.
COVERAGE_CC    ?= gcc
COVERAGE       := $(BUILD)/coverage
COVERAGE_FLAGS := $(filter-out -O2,$(HOSTFLAGS)) -O0 --coverage
COVERAGE_FUZZ  := $(patsubst tests/fuzz/%.c,$(COVERAGE)/tests/fuzz/%,$(filter-out %/fuzz.c %/world.c %/cost.c,$(wildcard tests/fuzz/*.c)))
COVERAGE_UNIT  := $(UNIT_C:%.c=$(COVERAGE)/%)
COVERAGE_SEED  := $(COVERAGE)/tests/seed/seed $(COVERAGE)/tests/seed/trash
COVERAGE_LIST  := $(COVERAGE)/tests/decoder/list

.PHONY: coverage
coverage: ## how much of kmod/ the tests on the host run through, by line and branch, and what they do not
	@$(MAKE) --no-print-directory -s $(COVERAGE_UNIT) $(COVERAGE_SEED) $(COVERAGE_FUZZ) $(COVERAGE_LIST)
	@BUILD=$(BUILD) sh tests/coverage.sh

$(call made_by,coverage,$(COVERAGE_CC) $(COVERAGE_FLAGS))

$(COVERAGE)/kmod/%.o: kmod/%.c $(BUILD)/made-by/coverage
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(COVERAGE_CC) $(COVERAGE_FLAGS) $(DEPS) -Ikmod -c -o $@ $<

$(COVERAGE)/libkmod.a: $(KMOD_C:%.c=$(COVERAGE)/%.o) $(BUILD)/made-by/libkmod.a
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

# The tests themselves are not measured.
$(COVERAGE)/tests/%: $(BUILD)/native/tests/%.o $(BUILD)/native/libhost.a $(COVERAGE)/libkmod.a
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(COVERAGE_CC) --coverage -o $@ $(filter %.o,$^) $(filter %.a,$^)

$(COVERAGE_SEED): $(BUILD)/native/tests/seed/stackhog.o
$(COVERAGE_FUZZ): $(patsubst %,$(BUILD)/native/tests/%.o,fuzz/fuzz fuzz/world unit/victim)
