/* The private GDT and IDT: what the handler runs on. */
#include "private.h"

#include "exception.h"
#include "processor.h"
#include "stage.h"
#include "task.h"

/* entry.asm */
void private_load(const struct table_register *gdt, const struct table_register *idt, uint32_t task_selector);

static void build_gdt(struct cpu *cpu)
{
    cpu->gdt[PRIVATE_NULL] = (struct descriptor){0, 0};
    cpu->gdt[PRIVATE_CODE] = FLAT_CODE;
    cpu->gdt[PRIVATE_DATA] = FLAT_DATA;
    for (unsigned stage = 0; stage < STAGE_COUNT; stage++)
        cpu->gdt[PRIVATE_TASKS + stage] = tss_descriptor((uint32_t)&cpu->tasks[stage]);
}

static void build_idt(struct cpu *cpu)
{
    uint32_t code = private_selector(PRIVATE_CODE);
    struct descriptor stray = interrupt_gate(code, (uint32_t)exception_stray);
    unsigned vector = 0;

    for (; vector < VECTOR_COUNT; vector++)
        cpu->idt[vector] = exception_gate(vector, code);
    for (; vector < IDT_ENTRIES; vector++)
        cpu->idt[vector] = stray;
}

/* All but the first, which is the one that runs. */
static void build_tasks(struct cpu *cpu)
{
    for (unsigned stage = STAGE_REPORT + 1; stage < STAGE_COUNT; stage++) {
        struct task task = {private_selector(PRIVATE_CODE), private_selector(PRIVATE_DATA), read_cr3(),
                            stage_after_double_fault, cpu_stack_top(cpu, stage)};

        task_build(&cpu->tasks[stage], cpu, &task);
    }
}

void private_enter(struct cpu *cpu)
{
    struct table_register gdt = {sizeof cpu->gdt - 1, (uint32_t)cpu->gdt};
    struct table_register idt = {sizeof cpu->idt - 1, (uint32_t)cpu->idt};

    build_gdt(cpu);
    build_idt(cpu);
    build_tasks(cpu);
    private_double_fault(cpu, STAGE_RESUME);
    private_load(&gdt, &idt, private_selector(PRIVATE_TASKS + STAGE_REPORT));
}

void private_double_fault(struct cpu *cpu, enum stage stage)
{
    cpu->idt[VECTOR_DF] = task_gate(private_selector(PRIVATE_TASKS + (unsigned)stage));
}
