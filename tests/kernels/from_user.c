/* User mode enters a kernel whose TSS has the wrong end of the kernel stack as esp0. */
#include "kernel.h"

USER_FUNCTION static void program(void)
{
    system_call(SYSTEM_EXIT, 0, 0, 0);
}

static void worker(void)
{
    tss.esp0 = thread_current->stack.limit;
    user_run(program);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
