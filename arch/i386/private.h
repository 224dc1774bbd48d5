/* The private GDT and IDT: what the handler runs on. */
#ifndef I386_PRIVATE_H
#define I386_PRIVATE_H

#include "cpu.h"
#include "processor.h"

/* Does this run on them? */
bool private_in_force(void);

/* The CPU whose they are. A register tells, GDTR, which no stray pointer overwrites: what the handler works on is found by
   this each time, not by what was kept on a stack. */
static inline struct cpu *private_cpu(void)
{
    return (struct cpu *)(read_gdtr().base - offsetof(struct cpu, gdt));
}

/* Builds both anew, with the later stages' tasks, and loads them. From now on nothing of the host's tables is used. */
void private_enter(struct cpu *cpu);

/* Puts right what was overwritten since, IDTR too, and makes the next double fault enter the next stage. Of a stage that has begun,
   and often: what stands here wrong at the next fault is the machine's end. */
void private_renew(void);

/* The part of it that a page fault needs which is expected. */
void private_renew_page_fault(void);

/* The stage whose task the selector names. */
enum stage private_stage(uint32_t selector);

#endif
