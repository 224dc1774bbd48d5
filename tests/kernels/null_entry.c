/* A thread is created with a null entry, in a pool of stacks with guard pages between: its first ret takes the last word
   of its stack and goes to 0, where no page fault can be delivered. Above is another thread's stack. */
#include "kernel.h"

static void idle(void)
{
    for (;;)
        thread_yield();
}

void scenario(void)
{
    struct thread *thread;
    uint32_t *top;

    kernel_install(0);
    thread = thread_create("null", 0x1000, 0);
    thread_create("idle", 0x1000, idle);
    top = (uint32_t *)thread->stack.base;
    top[-1] = 0; /* switch_stack's return address, and below it the EBP that it pops */
    top[-2] = 0;
    thread->esp = (uint32_t)(top - 5);
    idt_clear(VECTOR_PAGE_FAULT);
    thread_yield();
}
