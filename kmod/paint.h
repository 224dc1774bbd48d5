/* Painted stacks: how deep each ever got, and whether that was too deep. */
#ifndef KMOD_PAINT_H
#define KMOD_PAINT_H

#include <stdbool.h>

#include "ksg.h"
#include "memory.h"

/* Was the stack painted? */
bool paint_is_on(const struct ksg_stack *stack);

/* A painted stack's deepest use so far in bytes. False: it cannot be read. */
bool paint_high_water(struct memory *memory, const struct ksg_stack *stack, uint32_t *depth);

/* Has a stack reported; the lowest bytes of it that are still as painted are so many. KSG_OK, or why it cannot be now. */
typedef int paint_tell(const void *context, const struct ksg_stack *stack, uint32_t untouched);

/* ksg_check_stacks. Has each painted stack told whose canary is no longer as painted. One that cannot be read is left out, and
   counted: ksg_skipped_stacks. */
int paint_check(struct memory *memory, paint_tell *tell, const void *context);

/* Untouched bytes from here on: it is not known whether the stack was used to its end. */
#define PAINT_NEAR_END 32u

#endif
