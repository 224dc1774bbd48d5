/* The fault is exactly at a call: the saved EBP took the stack's last word. */
#include "kernel.h"

void worker(void); /* at_call.asm */

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
