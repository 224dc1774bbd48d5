/* Mutual recursion: two functions that call each other until the stack is gone. */
#include "kernel.h"

#define CALLS_MANY 1000000u

static volatile uint32_t calls;

static void pong(void);

__attribute__((noinline)) static void ping(void)
{
    if (++calls < CALLS_MANY)
        pong();
    --calls;
}

__attribute__((noinline)) static void pong(void)
{
    ping();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, ping);
}
