/* The stages of a crash: from the double fault to the halt, whatever faults on the way. A report on demand goes the same
   way, and does not halt. */
#include "stage.h"

#include "capture.h"
#include "console.h"
#include "facts.h"
#include "guard.h"
#include "hooks.h"
#include "private.h"
#include "processor.h"
#include "report.h"
#include "space.h"

/* entry.asm */
_Noreturn void stage_jump(struct cpu *cpu, void (*run)(struct cpu *cpu), uint32_t stack_top);

/* A word that nothing else is likely to have left there: a flag that is damaged must not silence the report. */
#define REPORTING 0x54505221u
#define PAUSES_MOST 0x10000000u /* some ten seconds: a character at 2 baud takes five */
#define CAPTURES_MOST 3

static uint32_t reporting;
static volatile bool crashed; /* and what is being reported will not end */

bool stage_claim(void)
{
    uint32_t taken = REPORTING;

    __asm__ volatile("xchgl %0, %1" : "+r"(taken), "+m"(reporting) : : "memory"); /* locks the bus by itself */
    return taken != REPORTING;
}

void stage_release(void)
{
    __asm__ volatile("movl $0, %0" : "=m"(reporting) : : "memory");
}

/* Another CPU's crash is reported. Apart, and not if a return that went astray has led here. */
__attribute__((noinline)) _Noreturn static void stand_by(void)
{
    if (private_in_force())
        processor_fault();
    halt_for_ever();
}

/* A report on demand, by another CPU, is waited for as long as it goes on: what it works on is needed here, too. Behind a
   crash there is nothing to wait for. A crash within this CPU's own report has what that has claimed. */
static void claim_for_crash(struct cpu *cpu)
{
    uint32_t pauses = 0, progress = console_progress;

    while (cpu->live != LIVE && !stage_claim() && pauses++ < PAUSES_MOST) {
        if (crashed)
            stand_by();
        if (progress != console_progress) {
            progress = console_progress;
            pauses = 0;
        }
        processor_pause();
    }
    crashed = true;
    cpu->live = 0;
}

/* From here on nothing of the host's tables is used, and the CPU's structure is found by private_cpu. */
static void enter(struct cpu *cpu)
{
    cpu->stage = STAGE_REPORT;
    cpu->guard = 0;
    cpu->report_begun = false;
    private_enter(cpu);
    settings_begin();
    console_begin();
}

static bool is_over(void)
{
    return private_cpu()->report_begun && report_is_over();
}

/* A return that went astray may have led here. */
static void check_end(void)
{
    if (!is_over() && cpu_stage(private_cpu()) < STAGE_LAST)
        processor_fault();
}

_Noreturn static void finish(void)
{
    check_end();
    space_leave(private_cpu());
    console_close();
    if (private_cpu()->live == LIVE)
        live_end(private_cpu());
    if (settings.finish)
        guarded(hook_finish, &settings, 0);
    check_end();
    halt_for_ever();
}

/* What was captured the time before: far from what was captured last, and its sum. */
static struct crash captured_before;

static uint32_t sum_of(const struct crash *crash)
{
    return facts_sum((const uint32_t *)crash, sizeof *crash / 4);
}

/* Until the same has come out two times in a row: a stray word may spoil what the capture works on. */
static void capture_surely(void (*capture)(void *unused))
{
    uint32_t tries = 0, sum_before;

    private_cpu()->crash_sum = 0;
    do {
        sum_before = private_cpu()->crash_sum;
        captured_before = private_cpu()->crash;
        private_cpu()->crash = (struct crash){0};
        guarded(capture, 0, 0);
        private_cpu()->crash_sum = sum_of(&private_cpu()->crash);
    } while (++tries < 2 || (private_cpu()->crash_sum != sum_before && tries < CAPTURES_MOST));
}

/* Which of the two is as it was. */
static const struct crash *captured(void)
{
    bool last = sum_of(&private_cpu()->crash) == private_cpu()->crash_sum;

    return last ? &private_cpu()->crash : &captured_before;
}

_Noreturn static void report(void (*capture)(void *unused))
{
    capture_surely(capture);
    space_enter(captured());
    console_open();
    private_cpu()->report_begun = true;
    report_crash(&private_cpu()->machine, captured());
    finish();
}

void stage_report(struct cpu *cpu, uint32_t cr2, uint32_t esp)
{
    cpu->found_first = cpu->found_second = cpu->found_third = (struct found){read_gdtr(), read_idtr(), cr2, esp};
    claim_for_crash(cpu);
    enter(cpu);
    if (settings.stop_cpus)
        guarded(hook_stop_cpus, &settings, 0);
    report(capture_crash);
}

void stage_live(struct cpu *cpu)
{
    enter(cpu);
    report(capture_demand);
}

static void resume(void)
{
    struct cpu *cpu = private_cpu();
    bool begun = cpu->report_begun;

    if (is_over())
        return;
    if (!begun)
        capture_surely(cpu->live == LIVE ? capture_demand : capture_crash);
    space_enter(captured());
    console_open();
    cpu->report_begun = true;
    if (begun)
        report_resume(&cpu->machine, captured(), &cpu->fault);
    else
        report_crash(&cpu->machine, captured());
}

static void run(struct cpu *cpu)
{
    enum stage stage = cpu_stage(cpu);

    if (stage == STAGE_HALT)
        halt_for_ever();
    cpu->stage = stage;
    cpu->guard = 0;
    private_renew();
    if (stage == STAGE_LAST)
        console_last_line();
    else
        resume();
    finish();
}

void stage_after_double_fault(struct cpu *cpu, uint32_t cr2, uint32_t esp)
{
    enum stage left = private_stage(cpu->tasks[cpu_stage(cpu)].back_link);

    (void)esp;
    cpu->fault.vector = VECTOR_DF;
    cpu->fault.eip = cpu->tasks[left].eip;
    cpu->fault.address = cr2;
    run(cpu);
}

void stage_next(struct cpu *cpu, const struct fault *fault)
{
    enum stage stage = cpu_stage(cpu);

    if (stage >= STAGE_LAST)
        halt_for_ever();
    cpu->fault.vector = fault->vector;
    cpu->fault.eip = fault->eip;
    cpu->fault.address = fault->address;
    stage_jump(cpu, run, cpu_stack_top(cpu, stage + 1));
}
