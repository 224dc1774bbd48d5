/* Which of the host's IDT entries cannot deliver their exception. */
#ifndef I386_GATES_H
#define I386_GATES_H

#include "crash.h"
#include "descriptor.h"

/* Fills in crash->gates; needs crash->cs and what peek needs. */
void gates_examine(const struct table_register *gdt, const struct table_register *idt, struct crash *crash);

#endif
