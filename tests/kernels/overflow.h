/* Uses up the stack that it runs on: where the crash itself is not the point. */
#ifndef KERNELS_OVERFLOW_H
#define KERNELS_OVERFLOW_H

#include "kernel.h"

#define CALLS_MANY 1000000u /* far more than a stack has room for */

static volatile uint32_t calls;

__attribute__((noinline)) static void overflow(void)
{
    if (++calls < CALLS_MANY)
        overflow();
    --calls;
}

#endif
