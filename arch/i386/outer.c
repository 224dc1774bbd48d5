/* The tasks that were left for the one that crashed: SDM vol. 3, 7.4. */
#include "outer.h"

#include "peek.h"
#include "saved_task.h"
#include "table.h"

#define EFLAGS_NESTED (1u << 14)

/* A task that was left for a nested one stays busy: SDM vol. 3, table 7-2. */
static bool read_busy(const struct table_register *gdt, uint32_t selector, struct tss *tss)
{
    struct descriptor entry;

    return table_select(gdt, selector, &entry) && segment_is_tss(entry) &&
           descriptor_type(entry) == (TYPE_TSS | TYPE_BUSY) &&
           peek(tss, descriptor_base(entry), TSS_SIZE) == TSS_SIZE &&
           saved_task_likeness(gdt, tss) != NO_TASK;
}

void outer_find(const struct table_register *gdt, const struct tss *crashed, struct crash *crash)
{
    uint32_t eflags = crashed->eflags;
    uint32_t selector = crashed->back_link & SELECTOR_BITS;
    struct tss tss;

    crash->outer_count = 0;
    while (crash->outer_count < OUTER_TASKS && eflags & EFLAGS_NESTED && selector != crash->tr &&
           read_busy(gdt, selector, &tss)) {
        struct outer_task *task = &crash->outer[crash->outer_count++];

        task->tr = (uint16_t)selector;
        task->eax = tss.eax;
        task->ecx = tss.ecx;
        task->edx = tss.edx;
        task->ebx = tss.ebx;
        task->esi = tss.esi;
        task->edi = tss.edi;
        task->ebp = tss.ebp;
        task->esp = tss.esp;
        task->eip = tss.eip;
        task->eflags = eflags = tss.eflags;
        task->cs = tss.cs & SELECTOR_BITS;
        task->ss = tss.ss & SELECTOR_BITS;
        selector = tss.back_link & SELECTOR_BITS;
    }
}
