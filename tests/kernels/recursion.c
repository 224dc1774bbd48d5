/* Plain recursion: one function calls itself until the thread's stack is gone. */
#include "kernel.h"

#define LEVELS 1000000u /* far more than the stack has room for */

static volatile unsigned visited;

__attribute__((noinline)) static void descend(unsigned levels)
{
    if (levels == 0)
        return;
    descend(levels - 1);
    visited++;
}

static void recurse(void)
{
    descend(LEVELS);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x2000, recurse);
}
