/* Recursion whose frames are of ever different sizes: no turn is like another, and there are more rows than are shown. */
#include "kernel.h"

static volatile uint32_t state = 1;
static volatile uint8_t *volatile kept;

__attribute__((noinline)) static void descend(void)
{
    state = state * 1103515245 + 12345;
    kept = __builtin_alloca(1 + (state >> 16) % 256);
    if (state)
        descend();
    kept = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x100000, descend);
}
