/* Pops without pushes carry ESP above its stack's base, into the guard page of the stack above: an underflow. */
#include "kernel.h"

void pops(void); /* above_its_base.asm */

static volatile uint32_t sink;

__attribute__((noinline)) static void restore(void)
{
    pops();
    sink++;
}

static void worker(void)
{
    restore();
    sink++;
}

static void idle(void)
{
    for (;;)
        thread_yield();
}

void scenario(void)
{
    struct thread *lower;

    kernel_install(0);
    lower = thread_create("lower", 0x1000, worker);
    thread_create("upper", 0x1000, idle);
    thread_wait(lower);
}
