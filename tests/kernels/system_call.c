/* User mode calls the kernel, and the kernel runs out of stack over it. */
#include "overflow.h"

enum { SYSTEM_OVERFLOW = 1 };

USER_FUNCTION static void program(void)
{
    system_call(SYSTEM_OVERFLOW, 0, 0, 0);
    system_call(SYSTEM_EXIT, 0, 0, 0);
}

static uint32_t serve(uint32_t first, uint32_t second, uint32_t third)
{
    overflow();
    return first + second + third;
}

static void worker(void)
{
    user_run(program);
}

void scenario(void)
{
    kernel_install(0);
    system_call_handle(SYSTEM_OVERFLOW, serve);
    thread_run("worker", 0x1000, worker);
}
