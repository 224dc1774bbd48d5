/* ksg_high_water and ksg_check_stacks: painted stacks in the address space that is live, where they may not be mapped. */
#include "borrow.h"
#include "live.h"
#include "paint.h"
#include "peek.h"
#include "processor.h"

/* live.asm */
int live_check_stacks(const struct ksg_registers *caller);

/* Interrupts are off while a page is read, so that it stays where it is: between one page and the next they are as the caller
   has them. */
static bool look_at_live_page(struct memory *memory, uint32_t address, struct window *window)
{
    const uint32_t *eflags = memory->context;
    struct borrow borrow;
    bool there;

    interrupts_restore(*eflags);
    interrupts_off();
    borrow_begin(&borrow);
    there = peek_page(memory, address, window);
    borrow_end(&borrow);
    return there;
}

unsigned int KSG_CALL ksg_high_water(const struct ksg_stack *stack)
{
    uint32_t eflags = interrupts_off();
    struct memory memory = {.find = look_at_live_page, .context = &eflags};
    uint32_t depth;
    bool known = stack && paint_is_on(stack) && paint_high_water(&memory, stack, &depth);

    interrupts_restore(eflags);
    return known ? depth : 0;
}

int live_check_stacks(const struct ksg_registers *caller)
{
    uint32_t eflags = read_eflags(); /* interrupts are off: live.asm */
    struct memory memory = {.find = look_at_live_page, .context = &eflags};

    return paint_check(&memory, live_tell, caller);
}
