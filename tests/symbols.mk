# What ksgsym and the builder of tables consist of, besides what the Makefile names.
TABLE_PARTS  := $(BUILD)/native/kmod/host/tokens.o
KSGSYM_PARTS := $(TABLE_PARTS) $(addprefix $(BUILD)/native/kmod/host/,check.o elf.o file.o functions.o map.o modules.o object.o)

$(BUILD)/ksgsym: $(KSGSYM_PARTS)
$(UNIT_C:%.c=$(BUILD)/native/%): $(TABLE_PARTS)
