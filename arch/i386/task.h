/* The task state segments of the module's tasks. */
#ifndef I386_TASK_H
#define I386_TASK_H

#include "stage.h"

struct task {
    uint32_t code_selector, data_selector;
    uint32_t cr3;
    stage_function *function;
    uint32_t stack_top;
};

/* Fills tss so that its task begins in task_entry with cpu and the function. */
void task_build(struct tss *tss, struct cpu *cpu, const struct task *task);

/* The double-fault task, as it has to be while the module is installed. */
void task_build_report(struct tss *tss, struct cpu *cpu);

#endif
