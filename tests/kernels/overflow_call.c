/* ksg_overflow: to see a report before one is needed. */
#include "kernel.h"

static void worker(void)
{
    ksg_overflow();
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x2000, worker);
}
