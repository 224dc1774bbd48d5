# The code that the unit tests of the walker make stacks of.
VICTIMS := walk trap recover

$(VICTIMS:%=$(BUILD)/native/tests/unit/%): $(BUILD)/native/tests/unit/victim.o

$(BUILD)/native/tests/unit/victim.o: tests/unit/victim.S
	@mkdir -p $(@D)
	$(call say,hostcc,$@)
	$(Q)$(HOSTCC) -c -o $@ $<
