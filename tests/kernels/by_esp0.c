/* A stack that nobody has told of: its base is the TSS's esp0, its limit where the present pages end. */
#include "overflow.h"

static void worker(void)
{
    ksg_remove_stack(&thread_current->stack);
    overflow();
    ksg_add_stack(&thread_current->stack);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x3000, worker);
}
