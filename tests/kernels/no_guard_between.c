/* Two stacks side by side without a guard page between them: the upper one's thread writes over the lower one's words. */
#include "overflow.h"

static struct ksg_stack lower = {.name = "lower"}, upper = {.name = "upper"};

static void on_new_stack(void (*function)(void), uint32_t base)
{
    __asm__ volatile("mov %1, %%esp\n\t"
                     "push $0\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "jmp *%0"
                     :
                     : "r"(function), "r"(base)
                     : "memory");
}

void scenario(void)
{
    uint32_t guard = page_allocate(1 + 2 + 1);

    kernel_install(0);
    page_unmap(guard);
    lower.limit = guard + PAGE_SIZE;
    lower.base = upper.limit = lower.limit + 2 * PAGE_SIZE;
    upper.base = upper.limit + PAGE_SIZE;
    ksg_add_stack(&lower);
    ksg_add_stack(&upper);
    on_new_stack(overflow, upper.base);
}
