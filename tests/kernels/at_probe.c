/* A function without an EBP frame makes room for more than there is left, and touches each page as it goes. */
#include "kernel.h"

void worker(void); /* at_probe.asm */

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x2000 + 0x800, worker);
}
