/* A stack that ran on below its limit, into memory that was mapped: found by following the frames back up into it. */
#ifndef KMOD_OVERRUN_H
#define KMOD_OVERRUN_H

#include "code.h"
#include "crash.h"
#include "ksg.h"
#include "memory.h"
#include "walk.h"

/* Bytes below a stack's limit that ESP can have run down: a kernel without guard pages wrote over 10.4 MB before it
   faulted. */
#define OVERRUN_LONGEST 0x1000000u

/* The uppermost registered stack that the frames which begin at ESP lead up into, every one of them verified; 0: none. It
   is looked for where EBP leads, and where esp0 is. A stack that ESP was switched away from, to an interrupt stack, say, is not
   meant. */
const struct ksg_stack *overrun_find(struct memory *memory, struct code *code, const struct crash *crash);

/* The registered stack that the running function's frame is on, at EBP, when it made that so large that ESP went below
   address 0 and around; 0: none. */
const struct ksg_stack *overrun_below_zero(struct memory *memory, struct code *code, const struct crash *crash);

/* Does the function of the row load ESP before it gets there? Then what lies up to the next row may be its frame, or an
   ESP on another stack. */
bool overrun_loads_esp(struct memory *memory, const struct row *row);

#endif
