/* A stack that nobody has told of, with other memory right above it: where it starts cannot be known. */
#include "overflow.h"

static void worker(void)
{
    ksg_remove_stack(&thread_current->stack);
    tss.esp0 = 0;
    overflow();
    ksg_add_stack(&thread_current->stack);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
