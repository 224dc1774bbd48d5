/* A stack of 1 MiB and more than 20,000 frames, where the recursion takes another way so often that folding leaves many
   lines. */
#include "kernel.h"

#define CALLS_MANY 1000000u
#define ODD_TURN 1024u /* calls from one to the next */

static volatile uint32_t calls;

static void second(void);
static void third(void);

__attribute__((noinline)) static void first(void)
{
    volatile uint32_t words[12];

    words[calls % 12] = 0;
    if (++calls < CALLS_MANY)
        second();
    calls -= words[calls % 12];
}

__attribute__((noinline)) static void odd(void)
{
    third();
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

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x100000, first);
}
