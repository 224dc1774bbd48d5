/* The victim's address space: where a kernel has one for each process, its stack may be in no other. */
#ifndef I386_SPACE_H
#define I386_SPACE_H

#include "cpu.h"

/* Of a crash whose victim_cr3 was asked for: can its memory be read through that page directory? Fills in space. */
void space_look(const struct cpu *cpu, struct crash *crash);

/* Loads the victim's CR3 when its memory is read. All of the module is mapped alike there. */
void space_enter(const struct crash *crash);

/* Loads the one again that the host wants for the double-fault task: its hooks run there. */
void space_leave(const struct cpu *cpu);

#endif
