/* The private GDT and IDT: what the handler runs on. */
#ifndef I386_PRIVATE_H
#define I386_PRIVATE_H

#include "cpu.h"

/* Builds both anew, with the later stages' tasks, and loads them. From now on nothing of the host's tables is used. */
void private_enter(struct cpu *cpu);

/* Puts right what was overwritten since, and makes the next double fault enter the next stage. Of a stage that has begun,
   and often: what stands here wrong at the next fault is the machine's end. */
void private_renew(struct cpu *cpu);

/* The part of it that a page fault needs which is expected. */
void private_renew_page_fault(struct cpu *cpu);

/* The stage whose task the selector names. */
enum stage private_stage(uint32_t selector);

#endif
