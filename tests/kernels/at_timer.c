/* The fault comes while a timer interrupt is delivered: 8 bytes are left, and its frame takes 12. */
#include "kernel.h"

void worker(void); /* at_timer.asm */
uint32_t lowest;   /* for it */

static void start(void)
{
    lowest = thread_current->stack.limit + 8;
    worker();
    lowest = 0;
}

void scenario(void)
{
    kernel_install(0);
    timer_start(100);
    thread_run("worker", 0x1000, start);
}
