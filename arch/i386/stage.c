/* The stages of a crash: from the double fault to the halt, whatever faults on the way. */
#include "stage.h"

#include "capture.h"
#include "console.h"
#include "guard.h"
#include "private.h"
#include "processor.h"
#include "report.h"

/* entry.asm */
_Noreturn void stage_jump(struct cpu *cpu, void (*run)(struct cpu *cpu), uint32_t stack_top);

/* One report at a time: a second CPU that double-faults meanwhile has to keep quiet. */
static uint32_t reporting;

static bool claim(uint32_t *flag)
{
    uint32_t taken = 1;

    __asm__ volatile("xchgl %0, %1" : "+r"(taken), "+m"(*flag) : : "memory"); /* locks the bus by itself */
    return taken == 0;
}

static void begin(struct cpu *cpu, enum stage stage)
{
    cpu->stage = stage;
    cpu->guard = 0;
    cpu->machine.stack_size = 0;
    cpu_stack(cpu, stage, &cpu->machine.stack_size);
    if (stage < STAGE_HALT)
        private_double_fault(cpu, stage + 1);
}

_Noreturn static void finish(struct cpu *cpu)
{
    console_drain(cpu);
    if (settings.finish)
        guard_run(&cpu->guard, settings.finish, settings.context, 0);
    halt_for_ever();
}

void stage_report(struct cpu *cpu, uint32_t cr2, uint32_t esp)
{
    struct capture capture = {cpu, read_gdtr(), read_idtr(), cr2, esp};

    if (!claim(&reporting))
        halt_for_ever();
    cpu->report_begun = false;
    console_begin(cpu);
    private_enter(cpu);
    begin(cpu, STAGE_REPORT);
    if (settings.stop_cpus)
        guard_run(&cpu->guard, settings.stop_cpus, settings.context, 0);
    cpu->crash = (struct crash){0};
    guard_run(&cpu->guard, capture_crash, &capture, 0);
    console_open(cpu);
    cpu->report_begun = true;
    report_crash(&cpu->machine, &cpu->crash);
    finish(cpu);
}

static void resume(struct cpu *cpu)
{
    console_open(cpu);
    if (cpu->report_begun)
        report_resume(&cpu->machine, &cpu->fault);
    else
        report_crash(&cpu->machine, &cpu->crash);
}

static void run(struct cpu *cpu)
{
    if (cpu->stage >= STAGE_LAST)
        halt_for_ever();
    begin(cpu, cpu->stage + 1);
    if (cpu->stage == STAGE_RESUME)
        resume(cpu);
    else
        console_last_line(cpu);
    finish(cpu);
}

void stage_after_double_fault(struct cpu *cpu, uint32_t cr2, uint32_t esp)
{
    uint32_t entered = cpu->stage + 1;
    uint32_t left = cpu->tasks[entered % STAGE_COUNT].back_link / sizeof(struct descriptor) - PRIVATE_TASKS;

    (void)esp;
    cpu->fault.vector = VECTOR_DF;
    cpu->fault.eip = cpu->tasks[left % STAGE_COUNT].eip;
    cpu->fault.address = cr2;
    run(cpu);
}

void stage_next(struct cpu *cpu, const struct fault *fault)
{
    if (cpu->stage >= STAGE_LAST)
        halt_for_ever();
    cpu->fault.vector = fault->vector;
    cpu->fault.eip = fault->eip;
    cpu->fault.address = fault->address;
    stage_jump(cpu, run, cpu_stack_top(cpu, cpu->stage + 1));
}
