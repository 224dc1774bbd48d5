/* A function loads a wrong ESP, the end of another thread's stack: that stack is not full, and the thread did nothing. */
#include "kernel.h"

static struct thread *idler;

void step_over(uint32_t esp); /* other_stack.asm */

static void worker(void)
{
    step_over(idler->stack.limit);
}

static void idle(void)
{
    for (;;)
        thread_yield();
}

void scenario(void)
{
    kernel_install(0);
    idler = thread_create("idle", 0x1000, idle);
    thread_run("worker", 0x1000, worker);
}
