/* int 8: the double fault's gate, and yet no double fault. */
#include "kernel.h"

static void worker(void)
{
    __asm__ volatile("int $8");
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
