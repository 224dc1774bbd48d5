/* A string runs over a frame's saved EBP and return address, and before the function returns the stack overflows. */
#include "overflow.h"

__attribute__((noinline)) static void copy(void)
{
    static const char text[] = "a name that is much too long";
    volatile char *to = (volatile char *)__builtin_frame_address(0) - 8;

    for (unsigned i = 0; i < sizeof text - 1; i++)
        to[i] = text[i];
    overflow();
    --calls;
}

static void worker(void)
{
    copy();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
