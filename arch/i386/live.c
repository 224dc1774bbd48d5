/* ksg_report, and what ksg_check_stacks reports: the report of a kernel that lives on. It runs as that of a crash does, on
   the first stage's stack, but is entered by a call and left by a return. */
#include "live.h"

#include "cpu.h"
#include "exception.h"
#include "processor.h"
#include "stage.h"
#include "table.h"
#include "task.h"

/* live.asm */
void live_switch(uint32_t *esp, struct cpu *cpu, void (*stage)(struct cpu *cpu), uint32_t stack_top);
_Noreturn void live_return(const struct host *host);
int live_report(const struct ksg_registers *caller, const struct ksg_registers *registers, const char *reason);

static void take_host(struct host *host)
{
    host->cr0 = read_cr0();
    host->cr2 = read_cr2();
    host->cs = read_cs();
    host->ss = read_ss();
    host->ds = read_ds();
    host->es = read_es();
    host->fs = read_fs();
    host->gs = read_gs();
    host->ldt = read_ldtr();
    host->tr = read_tr();
    host->gdt = read_gdtr();
    host->idt = read_idtr();
}

/* Can the segment register be loaded once more? What an LDT holds is taken on trust. */
static bool loadable(const struct host *host, uint32_t selector)
{
    bool null = (selector & SELECTOR_INDEX) == 0;
    struct descriptor entry;

    return null || (selector & SELECTOR_LDT) || (table_select(&host->gdt, selector, &entry) && descriptor_present(entry));
}

/* TR can be loaded only with a TSS that is not marked busy, as the host's is since it was loaded. */
static bool make_available(const struct host *host)
{
    struct descriptor tss;

    if (!table_select(&host->gdt, host->tr, &tss) || !segment_is_tss(tss))
        return false;
    tss.high &= ~BUSY_BIT;
    return table_write(&host->gdt, host->tr / (uint32_t)sizeof tss, tss);
}

void live_end(struct cpu *cpu)
{
    struct host *host = &cpu->host;
    struct descriptor code, data;
    bool whole = table_select(&host->gdt, host->cs, &code) && segment_is_flat_code(code) &&
                 table_select(&host->gdt, host->ss, &data) && segment_is_flat_data(data) && loadable(host, host->ds) &&
                 loadable(host, host->es) && loadable(host, host->fs) && loadable(host, host->gs) &&
                 loadable(host, host->ldt) && make_available(host);

    if (cpu->live != LIVE) /* a return that went astray has led here: there is no host to go back to */
        processor_fault();
    if (!whole)
        host->tr = 0;
    task_build_report(&cpu->tasks[STAGE_REPORT], cpu); /* a double fault on the way has left its registers there */
    live_return(host);
}

static int report(const struct demand *demand)
{
    struct cpu *cpu = cpu_find(cpu_number());

    if (cpu == 0 || !cpu->installed)
        return KSG_NOT_INSTALLED;
    if (!stage_claim())
        return KSG_BUSY;
    cpu->demand = *demand;
    take_host(&cpu->host);
    cpu->live = LIVE;
    exception_kept = 0;
    live_switch(&cpu->host.esp, cpu, stage_live, cpu_stack_top(cpu, STAGE_REPORT));
    cpu->live = 0;
    stage_release();
    exception_hand_over();
    return KSG_OK;
}

int live_report(const struct ksg_registers *caller, const struct ksg_registers *registers, const char *reason)
{
    struct demand demand = {CRASH_ON_DEMAND, registers ? registers : caller, reason, 0, 0};

    return report(&demand);
}

int live_tell(const void *caller, const struct ksg_stack *trampled, uint32_t untouched)
{
    struct demand demand = {CRASH_TRAMPLED, caller, 0, trampled, untouched};

    return report(&demand);
}
