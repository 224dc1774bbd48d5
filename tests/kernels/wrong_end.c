/* A new thread's ESP is its stack's limit instead of its base: the stack is out of room, and nobody has used it. */
#include "kernel.h"

static void work(void)
{
}

void scenario(void)
{
    struct thread *thread;

    kernel_install(0);
    thread = thread_create("worker", 0x1000, work);
    thread->esp = thread->stack.limit;
    thread_yield();
}
