/* A stack of 1 MiB and more than 20,000 frames of three functions that call one another, with an odd turn now and then. */
#include "kernel.h"

#define CALLS_MANY 1000000u
#define ODD_TURN 4096u /* calls from one to the next */

static volatile uint32_t calls;

static void second(void);
static void third(void);
static void odd(void);

__attribute__((noinline)) static void first(void)
{
    if (++calls < CALLS_MANY)
        second();
    --calls;
}

__attribute__((noinline)) static void second(void)
{
    if (calls % ODD_TURN == 0)
        odd();
    else
        third();
    --calls;
}

__attribute__((noinline)) static void third(void)
{
    first();
    --calls;
}

__attribute__((noinline)) static void odd(void)
{
    third();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x100000, first);
}
