/* Entries of a GDT or IDT that is the host's: read where they lie, and not trusted to be there. */
#include "table.h"

#include "peek.h"

#define ENTRY_SIZE ((uint32_t)sizeof(struct descriptor))

static bool holds(const struct table_register *table, uint32_t index)
{
    return index * ENTRY_SIZE + (ENTRY_SIZE - 1) <= table->limit;
}

bool table_read(const struct table_register *table, uint32_t index, struct descriptor *entry)
{
    return holds(table, index) && peek(entry, table->base + index * ENTRY_SIZE, ENTRY_SIZE) == ENTRY_SIZE;
}

bool table_write(const struct table_register *table, uint32_t index, struct descriptor entry)
{
    return holds(table, index) && poke(table->base + index * ENTRY_SIZE, &entry, ENTRY_SIZE) == ENTRY_SIZE;
}

bool table_select(const struct table_register *gdt, uint32_t selector, struct descriptor *entry)
{
    bool null = (selector & SELECTOR_INDEX) == 0;

    return !null && !(selector & SELECTOR_LDT) && table_read(gdt, selector / ENTRY_SIZE, entry);
}

static bool is_flat(struct descriptor segment)
{
    return descriptor_present(segment) && descriptor_dpl(segment) == 0 && (segment.high & DESCRIPTOR_32_BIT) &&
           descriptor_base(segment) == 0 && descriptor_limit(segment) == 0xffffffffu;
}

bool segment_is_flat_code(struct descriptor segment)
{
    uint32_t kind = TYPE_SEGMENT | TYPE_CODE;

    return is_flat(segment) && (descriptor_type(segment) & kind) == kind;
}

bool segment_is_flat_data(struct descriptor segment)
{
    uint32_t kind = TYPE_SEGMENT | TYPE_WRITABLE;
    uint32_t mask = TYPE_SEGMENT | TYPE_CODE | TYPE_EXPAND_DOWN | TYPE_WRITABLE;

    return is_flat(segment) && (descriptor_type(segment) & mask) == kind;
}

bool segment_is_tss(struct descriptor segment)
{
    return descriptor_present(segment) && (descriptor_type(segment) & ~TYPE_BUSY) == TYPE_TSS &&
           descriptor_limit(segment) >= TSS_SIZE - 1;
}
