/* A page in the middle of a stack is not present: there is room below it, but none that could be reached. */
#include "overflow.h"

static void worker(void)
{
    page_unmap(thread_current->stack.limit + PAGE_SIZE);
    overflow();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x3000, worker);
}
