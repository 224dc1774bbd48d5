/* ksg_verify: is the hook still whole? */
#include "install.h"
#include "linked.h"
#include "processor.h"
#include "table.h"
#include "task.h"

static bool gate_whole(const struct cpu *cpu, const struct borrow *borrow)
{
    struct descriptor gate;

    return table_read(&borrow->idt, VECTOR_DF, &gate) && descriptor_equal(gate, task_gate(cpu->task_selector));
}

/* What the task switch takes from the GDT. A TSS that is marked busy cannot be switched to. */
static bool entries_whole(const struct cpu *cpu, const struct borrow *borrow)
{
    struct descriptor task, code, data;

    return table_select(&borrow->gdt, cpu->task_selector, &task) &&
           descriptor_equal(task, tss_descriptor((uint32_t)&cpu->tasks[STAGE_REPORT])) &&
           table_select(&borrow->gdt, cpu->code_selector, &code) && segment_is_flat_code(code) &&
           table_select(&borrow->gdt, cpu->data_selector, &data) && segment_is_flat_data(data);
}

static bool tss_whole(struct cpu *cpu)
{
    const uint32_t *is = (const uint32_t *)&cpu->tasks[STAGE_REPORT];
    uint32_t *should_be = (uint32_t *)&cpu->tasks[STAGE_HALT]; /* not in use before a crash */

    task_build_report(&cpu->tasks[STAGE_HALT], cpu);
    for (unsigned word = 1; word < TSS_SIZE / 4; word++) { /* the back link is the CPU's */
        if (is[word] != should_be[word])
            return false;
    }
    return true;
}

int hook_verify(struct cpu *cpu, const struct borrow *borrow)
{
    uint32_t gdt = cpu->copied ? (uint32_t)cpu->gdt_copy : cpu->host_gdt.base;

    if (!gate_whole(cpu, borrow))
        return borrow->idt.base == cpu->host_idt.base ? KSG_GATE_REPLACED : KSG_IDT_REPLACED;
    if (!entries_whole(cpu, borrow))
        return borrow->gdt.base == gdt ? KSG_TSS_REPLACED : KSG_GDT_REPLACED;
    return tss_whole(cpu) ? KSG_OK : KSG_TSS_REPLACED;
}

int KSG_CALL ksg_verify(void)
{
    struct cpu *cpu = cpu_find(cpu_number());
    struct borrow borrow;
    int status;

    if (cpu == 0 || !cpu->installed)
        return KSG_NOT_INSTALLED;
    borrow_begin(&borrow);
    status = hook_verify(cpu, &borrow);
    if (status == KSG_OK && old_gdt_written(cpu))
        status = KSG_OLD_GDT_WRITTEN;
    if (status == KSG_OK)
        status = linked_verify();
    borrow_end(&borrow);
    return status;
}
