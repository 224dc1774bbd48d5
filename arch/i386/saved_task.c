/* Is what a TSS holds a task that a task switch has saved? */
#include "saved_task.h"

#include "crash.h"
#include "processor.h"
#include "table.h"

/* SDM vol. 1, 3.4.3: one bit of EFLAGS is always 1: EFLAGS_RESERVED; these are always 0. */
#define EFLAGS_ZERO 0xffc08028u

/* Is it a selector of the GDT's that its segment register can have held? What an LDT holds is taken on trust. */
static bool selects(const struct table_register *gdt, uint32_t selector, bool code)
{
    struct descriptor segment;

    if (selector & SELECTOR_LDT)
        return true;
    return table_select(gdt, selector & SELECTOR_BITS, &segment) && descriptor_present(segment) &&
           (descriptor_type(segment) & TYPE_SEGMENT) && ((descriptor_type(segment) & TYPE_CODE) != 0) == code;
}

enum likeness saved_task_likeness(const struct table_register *gdt, const struct tss *tss)
{
    if ((tss->eflags & (EFLAGS_RESERVED | EFLAGS_ZERO)) != EFLAGS_RESERVED || (tss->cs & SELECTOR_BITS) == 0)
        return NO_TASK;
    if (tss->eflags & EFLAGS_VIRTUAL_8086)
        return TASK;
    return selects(gdt, tss->cs, true) && selects(gdt, tss->ss, false) ? TASK : LIKE_A_TASK;
}
