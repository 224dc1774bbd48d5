/* The private GDT and IDT: what the handler runs on. */
#include "private.h"

#include "exception.h"
#include "stage.h"
#include "task.h"

/* entry.asm */
void private_load(const struct table_register *gdt, const struct table_register *idt, uint32_t task_selector);

bool private_in_force(void)
{
    struct table_register gdt = read_gdtr();

    return gdt.limit == PRIVATE_GDT_SIZE - 1 && (gdt.base - offsetof(struct cpu, gdt)) % _Alignof(struct cpu) == 0;
}

static uint32_t task_selector(enum stage stage)
{
    return private_selector(stage == STAGE_REPORT ? PRIVATE_TASK : PRIVATE_LATER_TASKS + (unsigned)stage - 1);
}

enum stage private_stage(uint32_t selector)
{
    enum stage stage = STAGE_HALT;

    while (stage > STAGE_REPORT && task_selector(stage) != selector)
        stage--;
    return stage;
}

/* The first stage's task is the one that runs, or another one's that goes on in its place. */
static void build_gdt(struct cpu *cpu)
{
    cpu->gdt[PRIVATE_NULL] = (struct descriptor){0, 0};
    cpu->gdt[PRIVATE_CODE] = FLAT_CODE;
    cpu->gdt[PRIVATE_DATA] = FLAT_DATA;
    cpu->later[PRIVATE_LATER_CODE - PRIVATE_LATER] = FLAT_CODE;
    cpu->later[PRIVATE_LATER_DATA - PRIVATE_LATER] = FLAT_DATA;
}

static void build_exceptions(struct cpu *cpu)
{
    for (unsigned vector = 0; vector < VECTOR_COUNT; vector++)
        cpu->idt[vector] = exception_gate(vector, private_selector(PRIVATE_CODE));
}

/* Those that have not yet begun. */
static void build_tasks(struct cpu *cpu, enum stage first)
{
    for (enum stage stage = first; stage < STAGE_COUNT; stage++) {
        struct task task = {private_selector(PRIVATE_LATER_CODE), private_selector(PRIVATE_LATER_DATA), read_cr3(),
                            stage_after_double_fault, cpu_stack_top(cpu, stage)};

        task_build(&cpu->tasks[stage], cpu, &task);
        cpu->later[PRIVATE_LATER_TASKS - PRIVATE_LATER + stage - 1] = tss_descriptor((uint32_t)&cpu->tasks[stage]);
    }
}

static void renew(struct cpu *cpu)
{
    enum stage next = cpu_stage(cpu) + 1;

    if (next == STAGE_COUNT)
        return;
    build_gdt(cpu);
    build_exceptions(cpu);
    build_tasks(cpu, next);
    cpu->idt[VECTOR_DF] = task_gate(task_selector(next));
}

static struct table_register idt_of(const struct cpu *cpu)
{
    return (struct table_register){sizeof cpu->idt - 1, (uint32_t)cpu->idt};
}

void private_renew(void)
{
    renew(private_cpu());
    write_idtr(idt_of(private_cpu()));
}

void private_renew_page_fault(void)
{
    struct cpu *cpu = private_cpu();

    cpu->gdt[PRIVATE_CODE] = FLAT_CODE;
    cpu->idt[VECTOR_PF] = exception_gate(VECTOR_PF, private_selector(PRIVATE_CODE));
    write_idtr(idt_of(cpu));
}

void private_enter(struct cpu *cpu)
{
    struct table_register gdt = {PRIVATE_GDT_SIZE - 1, (uint32_t)cpu->gdt};
    struct table_register idt = idt_of(cpu);
    struct descriptor stray = interrupt_gate(private_selector(PRIVATE_CODE), (uint32_t)exception_stray);

    for (unsigned vector = VECTOR_COUNT; vector < IDT_ENTRIES; vector++)
        cpu->idt[vector] = stray;
    renew(cpu);
    cpu->gdt[PRIVATE_TASK] = tss_descriptor((uint32_t)&cpu->tasks[STAGE_REPORT]);
    private_load(&gdt, &idt, private_selector(PRIVATE_TASK));
}
