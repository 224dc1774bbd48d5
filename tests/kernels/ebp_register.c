/* EBP is used for something else when the stack runs out. */
#include "kernel.h"

void innermost(uint32_t levels); /* ebp_register.asm */

__attribute__((noinline)) static void middle(void)
{
    innermost(3);
    thread_yield();
}

static void worker(void)
{
    middle();
    thread_yield();
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
