/* Recursion within recursion: each turn of the outer one goes down five levels of the inner one. */
#include "kernel.h"

#define LEVELS 5

static volatile uint32_t calls;

static void outer(void);

__attribute__((noinline)) static void inner(uint32_t levels)
{
    if (levels == 0)
        outer();
    else
        inner(levels - 1);
    --calls;
}

__attribute__((noinline)) static void outer(void)
{
    inner(LEVELS);
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x2000, outer);
}
