/* The crash, taken from the faulting task's TSS and the host's tables; or what ksg_report was given. */
#include "capture.h"

#include "facts.h"
#include "gates.h"
#include "guard.h"
#include "hooks.h"
#include "outer.h"
#include "peek.h"
#include "processor.h"
#include "saved_task.h"
#include "space.h"
#include "table.h"

/* Reads the TSS that TR holds, in which a task switch saves. Its entry was only read when TR was loaded, and can be garbage
   by now, or name some page table whose words pass for registers: then what it said at installation counts, if TR is still the
   same. */
static bool read_tss(const struct cpu *cpu, const struct table_register *gdt, uint32_t tr, struct tss *tss)
{
    struct descriptor entry;
    bool named = table_select(gdt, tr, &entry) && segment_is_tss(entry) &&
                 peek(tss, descriptor_base(entry), TSS_SIZE) == TSS_SIZE;
    struct tss installed;

    if (tr != cpu->host_tr || peek(&installed, cpu->host_tss, TSS_SIZE) != TSS_SIZE)
        return named;
    if (!named || saved_task_likeness(gdt, &installed) > saved_task_likeness(gdt, tss))
        *tss = installed;
    return true;
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

    crash->victim_cr3 = hook_victim_cr3(&settings);
    crash->victim_cr3_known = true;
}

static bool same(const struct found *found, const struct found *other)
{
    return facts_sum((const uint32_t *)found, sizeof *found / 4) == facts_sum((const uint32_t *)other, sizeof *other / 4);
}

static const struct found *found_by(const struct cpu *cpu)
{
    bool first = same(&cpu->found_first, &cpu->found_second) || same(&cpu->found_first, &cpu->found_third);

    return first ? &cpu->found_first : &cpu->found_second;
}

void capture_crash(void *unused)
{
    struct cpu *cpu = private_cpu();
    const struct found *found = found_by(cpu);
    struct crash *crash = &cpu->crash;
    struct tss tss;

    (void)unused;
    crash->kind = found->esp == cpu_stack_top(cpu, STAGE_REPORT) ? CRASH_NO_ERROR_CODE : CRASH_DOUBLE_FAULT;
    crash->tr = cpu->tasks[STAGE_REPORT].back_link & SELECTOR_BITS;
    crash->cr0 = read_cr0();
    crash->cr2 = found->cr2;
    crash->cr3 = read_cr3();
    crash->cr4 = read_cr4();
    if (read_tss(cpu, &found->gdt, crash->tr, &tss)) {
        take_registers(crash, &tss);
        crash->registers_known = true;
        outer_find(&found->gdt, &tss, crash);
    }
    gates_examine(&found->gdt, &found->idt, crash);
    if (settings.victim_cr3)
        guarded(ask_victim_cr3, crash, 0);
    if (crash->victim_cr3_known)
        space_look(cpu, crash);
}

static void take_demanded(struct crash *crash, const struct ksg_registers *registers)
{
    crash->eax = registers->eax;
    crash->ebx = registers->ebx;
    crash->ecx = registers->ecx;
    crash->edx = registers->edx;
    crash->esi = registers->esi;
    crash->edi = registers->edi;
    crash->ebp = registers->ebp;
    crash->esp = registers->esp;
    crash->eip = registers->eip;
    crash->eflags = registers->eflags;
    crash->cs = registers->cs & SELECTOR_BITS;
    crash->ss = registers->ss & SELECTOR_BITS;
    crash->ds = registers->ds & SELECTOR_BITS;
    crash->es = registers->es & SELECTOR_BITS;
    crash->fs = registers->fs & SELECTOR_BITS;
    crash->gs = registers->gs & SELECTOR_BITS;
    crash->cr2 = registers->cr2;
}

void capture_demand(void *unused)
{
    struct cpu *cpu = private_cpu();
    const struct demand *demand = &cpu->demand;
    struct crash *crash = &cpu->crash;
    struct ksg_registers registers;
    struct tss tss;

    (void)unused;
    crash->kind = demand->kind;
    crash->trampled = demand->trampled;
    crash->untouched = demand->untouched;
    peek(crash->reason, (uint32_t)demand->reason, demand->reason ? sizeof crash->reason - 1 : 0);
    crash->tr = (uint16_t)cpu->host.tr;
    crash->ldt = (uint16_t)cpu->host.ldt;
    crash->cr0 = cpu->host.cr0;
    crash->cr3 = crash->victim_cr3 = read_cr3();
    crash->victim_cr3_known = true;
    crash->space = SPACE_SAME;
    crash->cr4 = read_cr4();
    if (read_tss(cpu, &cpu->host.gdt, crash->tr, &tss)) {
        crash->esp0 = tss.esp0;
        crash->ss0 = tss.ss0 & SELECTOR_BITS;
    }
    crash->eip_unknown = true;
    if (peek(&registers, (uint32_t)demand->registers, sizeof registers) != sizeof registers)
        return;
    take_demanded(crash, &registers);
    crash->registers_known = true;
    crash->eip_unknown = false;
}
