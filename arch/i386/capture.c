/* The crash, taken from the faulting task's TSS and the host's tables. */
#include "capture.h"

#include "gates.h"
#include "guard.h"
#include "peek.h"
#include "processor.h"
#include "table.h"

#define SELECTOR_BITS 0xffffu /* a TSS has 32 bits for a selector, of which the CPU writes 16 */

/* The TSS that the CPU saved the victim in. Its entry was only read when TR was loaded, and can be garbage by now: then
   what it said at installation counts, if TR is still the same. */
static bool find_tss(const struct capture *capture, uint32_t tr, uint32_t *base)
{
    struct descriptor entry;

    if (table_select(&capture->gdt, tr, &entry) && segment_is_tss(entry)) {
        *base = descriptor_base(entry);
        return true;
    }
    *base = capture->cpu->host_tss;
    return tr == capture->cpu->host_tr;
}

static void take_registers(struct crash *crash, const struct tss *tss)
{
    crash->eax = tss->eax;
    crash->ebx = tss->ebx;
    crash->ecx = tss->ecx;
    crash->edx = tss->edx;
    crash->esi = tss->esi;
    crash->edi = tss->edi;
    crash->ebp = tss->ebp;
    crash->esp = tss->esp;
    crash->eip = tss->eip;
    crash->eflags = tss->eflags;
    crash->cs = tss->cs & SELECTOR_BITS;
    crash->ss = tss->ss & SELECTOR_BITS;
    crash->ds = tss->ds & SELECTOR_BITS;
    crash->es = tss->es & SELECTOR_BITS;
    crash->fs = tss->fs & SELECTOR_BITS;
    crash->gs = tss->gs & SELECTOR_BITS;
    crash->ldt = tss->ldt & SELECTOR_BITS;
    crash->esp0 = tss->esp0;
    crash->ss0 = tss->ss0 & SELECTOR_BITS;
}

static void ask_victim_cr3(void *argument)
{
    struct crash *crash = argument;

    crash->victim_cr3 = settings.victim_cr3(settings.context);
    crash->victim_cr3_known = true;
}

void capture_crash(void *argument)
{
    const struct capture *capture = argument;
    struct cpu *cpu = capture->cpu;
    struct crash *crash = &cpu->crash;
    struct tss tss;
    uint32_t base;

    crash->kind = capture->esp == cpu_stack_top(cpu, STAGE_REPORT) ? CRASH_NO_ERROR_CODE : CRASH_DOUBLE_FAULT;
    crash->tr = cpu->tasks[STAGE_REPORT].back_link & SELECTOR_BITS;
    crash->cr0 = read_cr0();
    crash->cr2 = capture->cr2;
    crash->cr3 = read_cr3();
    crash->cr4 = read_cr4();
    if (find_tss(capture, crash->tr, &base) && peek(&tss, base, TSS_SIZE) == TSS_SIZE) {
        take_registers(crash, &tss);
        crash->registers_known = true;
    }
    gates_examine(&capture->gdt, &capture->idt, crash);
    if (settings.victim_cr3)
        guard_run(&cpu->guard, ask_victim_cr3, crash, 0);
}
