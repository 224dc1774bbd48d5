/* What a callee takes off its caller's stack: arguments (ret n), which its caller's code does not show by itself. */
#ifndef KMOD_POPPED_H
#define KMOD_POPPED_H

#include "memory.h"

/* The n of the `ret n` that the code at callee leads to, if it takes no branch and repeats no loop. Takes at most *steps
   instructions, and counts them off. 0: none was found. */
uint32_t popped_by_callee(struct memory *memory, uint32_t callee, unsigned *steps);

/* The same from what the caller does behind the call, at next: sub esp, n, which makes good what was popped where the
   arguments have a fixed place. That no push follows tells it from making room for the next call's. */
uint32_t popped_by_repair(struct memory *memory, uint32_t next);

#endif
