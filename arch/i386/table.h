/* Entries of a GDT or IDT that is the host's: read where they lie, and not trusted to be there. */
#ifndef I386_TABLE_H
#define I386_TABLE_H

#include "descriptor.h"

/* Both need what peek needs. False: the table ends before the entry, or its memory is not there. */
bool table_read(const struct table_register *table, uint32_t index, struct descriptor *entry);
bool table_write(const struct table_register *table, uint32_t index, struct descriptor entry);

/* The entry that a selector names. False also when it is null, or names the LDT. */
bool table_select(const struct table_register *gdt, uint32_t selector, struct descriptor *entry);

/* Is it a present segment of ring 0 with base 0 and a limit of 4 GiB, for 32-bit code, or for data and stack? */
bool segment_is_flat_code(struct descriptor segment);
bool segment_is_flat_data(struct descriptor segment);

/* Is it a 32-bit TSS, busy or not, that the CPU can save a task in? */
bool segment_is_tss(struct descriptor segment);

#endif
