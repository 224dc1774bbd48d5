# The walker's tests, and the fuzzer.

VICTIM := $(BUILD)/native/tests/unit/victim.o

# The unit tests that walk it.
OF_VICTIM := $(basename $(notdir $(shell grep -lE '"(victim|crashed|hog)\.h"' $(UNIT_C))))

$(foreach b,native coverage,$(OF_VICTIM:%=$(BUILD)/$b/tests/unit/%)): $(VICTIM)

$(VICTIM): tests/unit/victim.S $(BUILD)/made-by/hostcc
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -c -o $@ $<

# A target is tests/fuzz/NAME.c; in three builds: SANITIZED/NAME runs inputs and looks for new ones by itself, and is
# tested; LIBFUZZER/NAME has clang's libFuzzer; for make coverage see coverage.mk.
FUZZ_TARGETS := walk recover decode symbols format report log
SANITIZED    := $(BUILD)/sanitized
LIBFUZZER    := $(BUILD)/libfuzzer
FUZZ_PARTS   := kmod/host/table.c kmod/host/extents.c kmod/host/tokens.c kmod/host/log.c kmod/host/verify.c tests/fuzz/world.c
SANITIZE     := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
TRACE        := -fsanitize-coverage=trace-pc
CLANG        ?= clang

.PHONY: fuzz
fuzz: ## looks for inputs that break kmod/, SECONDS=60 for each target (TARGETS="walk report": only these)
	@$(MAKE) --no-print-directory -s $(FUZZ_TARGETS:%=$(SANITIZED)/%)
	@if printf 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
	    $(CLANG) -fsanitize=fuzzer,address,undefined -x c -o /dev/null - 2>/dev/null && \
	    $(MAKE) --no-print-directory -s $(FUZZ_TARGETS:%=$(LIBFUZZER)/%); then LIBFUZZER=yes; export LIBFUZZER; fi; \
	    BUILD=$(BUILD) TARGETS='$(or $(TARGETS),$(FUZZ_TARGETS))' SECONDS_EACH='$(SECONDS)' sh tests/fuzz/search.sh

.PHONY: fuzz-corpus
fuzz-corpus: $(FUZZ_TARGETS:%=$(SANITIZED)/%) ## takes what make fuzz found to tests/fuzz/corpus/, as far as it reaches more
	@BUILD=$(BUILD) TARGETS='$(or $(TARGETS),$(FUZZ_TARGETS))' sh tests/fuzz/search.sh keep

all-tests: $(FUZZ_TARGETS:%=$(SANITIZED)/%) $(SANITIZED)/cost

# Which blocks of kmod/ an input reaches tells whether it is a new one.
$(SANITIZED)/kmod/%.o: private SANITIZE += $(TRACE)

$(call made_by,sanitized,$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) $(TRACE))
$(call made_by,libfuzzer,$(CLANG) $(HOSTFLAGS) $(SANITIZE))
$(call made_by,libfuzz.a,$(FUZZ_PARTS) $(KMOD_C))

$(SANITIZED)/%.o: %.c $(BUILD)/made-by/sanitized
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) $(DEPS) -Ikmod -c -o $@ $<

$(SANITIZED)/libfuzz.a: $(patsubst %.c,$(SANITIZED)/%.o,$(FUZZ_PARTS) $(KMOD_C)) $(BUILD)/made-by/libfuzz.a
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

$(FUZZ_TARGETS:%=$(SANITIZED)/%): $(SANITIZED)/%: $(SANITIZED)/tests/fuzz/%.o $(SANITIZED)/tests/fuzz/fuzz.o \
    $(SANITIZED)/libfuzz.a $(VICTIM)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) $(SANITIZE) -o $@ $(filter %.o,$^) $(filter %.a,$^)

$(SANITIZED)/cost: $(SANITIZED)/tests/fuzz/cost.o $(SANITIZED)/libfuzz.a $(VICTIM)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) $(SANITIZE) -o $@ $(filter %.o,$^) $(filter %.a,$^)

$(LIBFUZZER)/%.o: %.c $(BUILD)/made-by/libfuzzer
	@mkdir -p $(@D)
	$(call say,clang,$@)
	$(Q)$(CLANG) $(HOSTFLAGS) $(SANITIZE) -fsanitize=fuzzer-no-link $(DEPS) -Ikmod -c -o $@ $<

$(LIBFUZZER)/libfuzz.a: $(patsubst %.c,$(LIBFUZZER)/%.o,$(FUZZ_PARTS) $(KMOD_C)) $(BUILD)/made-by/libfuzz.a
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

$(FUZZ_TARGETS:%=$(LIBFUZZER)/%): $(LIBFUZZER)/%: $(LIBFUZZER)/tests/fuzz/%.o $(LIBFUZZER)/libfuzz.a $(VICTIM)
	$(call say,clang,$@)
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^)
