/* A stack without a guard page has run on below its limit, unnoticed, when a division by zero comes that has no gate. */
#include "kernel.h"

#define CALLS 300 /* 16 bytes each: more than one page */

static volatile uint32_t calls, zero, result;
static struct ksg_stack stack = {.name = "bare"};

__attribute__((noinline)) static void descend(void)
{
    if (++calls < CALLS)
        descend();
    else
        result = calls / zero;
    --calls;
}

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
    kernel_install(0);
    stack.limit = page_allocate(2) + PAGE_SIZE;
    stack.base = stack.limit + PAGE_SIZE;
    ksg_add_stack(&stack);
    idt_clear(0);
    on_new_stack(descend, stack.base);
}
