/* An interrupt stub leaves ESP 20 bytes lower at each interrupt, until the stack is gone. */
#include "kernel.h"

void leak_timer(void); /* stub_leaks.asm */

static volatile uint32_t work_done;

__attribute__((noinline)) static void busy(void)
{
    interrupts_enable();
    for (;;)
        work_done++;
}

static void worker(void)
{
    busy();
    work_done = 0;
}

void scenario(void)
{
    kernel_install(0);
    timer_start(1000);
    idt_set_gate(VECTOR_TIMER, leak_timer, 0);
    thread_run("worker", 0x1000, worker);
}
