/* A stack without a guard page: it runs on through what lies below before a page is missing. */
#include "overflow.h"

#define BELOW 15 /* pages of other memory */

static struct ksg_stack stack = {.name = "bare"};

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
    uint32_t lowest = page_allocate(1 + BELOW + 1);

    kernel_install(0);
    page_unmap(lowest);
    stack.limit = lowest + (1 + BELOW) * PAGE_SIZE;
    stack.base = stack.limit + PAGE_SIZE;
    ksg_add_stack(&stack);
    on_new_stack(overflow, stack.base);
}
