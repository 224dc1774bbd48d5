/* A saved EBP is 0 where a caller is still to come. */
#include "overflow.h"

static void worker(void)
{
    volatile uint32_t *saved_ebp = __builtin_frame_address(0);
    uint32_t callers_ebp = *saved_ebp;

    *saved_ebp = 0;
    overflow();
    *saved_ebp = callers_ebp;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
