/* Which of the host's IDT entries cannot deliver their exception, and whether its TSS has a stack for them. */
#ifndef I386_GATES_H
#define I386_GATES_H

#include "crash.h"
#include "descriptor.h"

/* Fills in crash->gates and crash->ss0_bad; needs the crash's registers and what peek needs. */
void gates_examine(const struct table_register *gdt, const struct table_register *idt, struct crash *crash);

#endif
