# The walker's tests: the code that their stacks are made for, and the fuzzer.

VICTIM := $(BUILD)/native/tests/unit/victim.o

$(patsubst %,$(BUILD)/native/tests/unit/%,walk trap recover realigned): $(VICTIM)

$(VICTIM): tests/unit/victim.S
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -c -o $@ $<

# N: how many, SEED: which.
N       ?= 200000
SEED    ?= 1
SANITIZE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all

.PHONY: fuzz
fuzz: $(BUILD)/sanitized/walk ## random stacks walked under sanitizers (N=how many, SEED=which)
	$< $(N) $(SEED)

all-tests: $(BUILD)/sanitized/walk

$(BUILD)/sanitized/%.o: %.c
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) $(DEPS) -Ikmod -c -o $@ $<

FUZZ_C := tests/fuzz/walk.c kmod/host/table.c kmod/host/tokens.c $(KMOD_C)

$(BUILD)/sanitized/walk: $(FUZZ_C:%.c=$(BUILD)/sanitized/%.o) $(VICTIM)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) $(SANITIZE) -o $@ $^
