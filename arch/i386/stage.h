/* The stages of a crash: from the double fault to the halt, whatever faults on the way. */
#ifndef I386_STAGE_H
#define I386_STAGE_H

#include "cpu.h"

/* What the stage's task calls: see task_entry in entry.asm. */
typedef void stage_function(struct cpu *cpu, uint32_t cr2, uint32_t esp);

/* The double-fault task, on the host's tables. */
stage_function stage_report;

/* A later stage's task, after a double fault in the stage before. */
stage_function stage_after_double_fault;

/* One report is written at a time. Claims to be that one; false: another CPU is, or this one already. */
bool stage_claim(void);
void stage_release(void);

/* The report of cpu->demand, on the private tables' first task's stack; ends with live_end. */
_Noreturn void stage_live(struct cpu *cpu);

/* Ends the stage, after any other fault in it, and begins the next. */
_Noreturn void stage_next(struct cpu *cpu, const struct fault *fault);

#endif
