/* The task state segments of the module's tasks. */
#include "task.h"

#include "processor.h"

/* entry.asm */
extern const uint8_t task_entry[];

void task_build(struct tss *tss, struct cpu *cpu, const struct task *task)
{
    *tss = (struct tss){0};
    tss->cr3 = task->cr3;
    tss->eip = (uint32_t)task_entry;
    tss->eflags = EFLAGS_RESERVED;
    tss->ebx = (uint32_t)cpu;
    tss->esi = (uint32_t)task->function;
    tss->esp = task->stack_top;
    tss->cs = task->code_selector;
    tss->ss = task->data_selector;
    tss->ds = task->data_selector;
    tss->es = task->data_selector;
    tss->io_map = TSS_SIZE; /* beyond the limit: none */
}

void task_build_report(struct tss *tss, struct cpu *cpu)
{
    struct task task = {cpu->code_selector, cpu->data_selector, cpu->page_directory, stage_report,
                        cpu_stack_top(cpu, STAGE_REPORT)};

    task_build(tss, cpu, &task);
}
