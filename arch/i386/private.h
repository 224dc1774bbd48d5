/* The private GDT and IDT: what the handler runs on. */
#ifndef I386_PRIVATE_H
#define I386_PRIVATE_H

#include "cpu.h"

/* Builds both anew, with the later stages' tasks, and loads them. From now on nothing of the host's tables is used. */
void private_enter(struct cpu *cpu);

/* Says which stage's task the next double fault enters. */
void private_double_fault(struct cpu *cpu, enum stage stage);

#endif
