/* A timer interrupt comes in the middle of a function, and its handler runs out of stack. */
#include "overflow.h"

static void tick(struct interrupt_frame *frame)
{
    (void)frame;
    overflow();
    --calls;
}

__attribute__((noinline)) static void wait(void)
{
    interrupts_enable();
    while (calls == 0)
        ;
    interrupts_disable();
}

static void worker(void)
{
    wait();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    timer_hook = tick;
    timer_start(100);
    thread_run("worker", 0x1000, worker);
}
