/* The fault is exactly at push ebp: the return address took the stack's last word. */
#include "kernel.h"

void worker(void); /* at_push.asm */

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
