/* A stack that nobody has told of, and no esp0 either: both its ends are where the present pages end. */
#include "overflow.h"

static void worker(void)
{
    ksg_remove_stack(&thread_current->stack);
    page_unmap(thread_current->stack.base);
    tss.esp0 = 0;
    overflow();
    ksg_add_stack(&thread_current->stack);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x3000, worker);
}
