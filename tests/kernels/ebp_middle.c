/* A function spoils its caller's saved EBP: the chain breaks in the middle of the stack. */
#include "overflow.h"

__attribute__((noinline)) static void spoiler(void)
{
    volatile uint32_t *saved_ebp = __builtin_frame_address(0);

    *saved_ebp = 0xdeadbeef;
    overflow();
    --calls;
}

__attribute__((noinline)) static void inner(void)
{
    spoiler();
    --calls;
}

__attribute__((noinline)) static void outer(void)
{
    inner();
    --calls;
}

static void worker(void)
{
    outer();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
