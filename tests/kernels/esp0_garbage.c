/* User mode enters a kernel whose TSS has an esp0 where nothing is. */
#include "kernel.h"

USER_FUNCTION static void program(void)
{
    system_call(SYSTEM_EXIT, 0, 0, 0);
}

static void worker(void)
{
    tss.esp0 = 0xf0000000;
    user_run(program);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
