/* User mode enters a kernel that never set the SS0 of its TSS. */
#include "kernel.h"

USER_FUNCTION static void program(void)
{
    system_call(SYSTEM_EXIT, 0, 0, 0);
}

static void worker(void)
{
    tss.ss0 = 0;
    user_run(program);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
