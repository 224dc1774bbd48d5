/* Painted stacks: how deep each ever got, and whether that was too deep. */
#ifndef KMOD_PAINT_H
#define KMOD_PAINT_H

#include <stdbool.h>

#include "ksg.h"
#include "memory.h"

/* The stack's deepest use so far in bytes, through memory that may not be there. False: it was not painted, or cannot be
   read. */
bool paint_high_water(struct memory *memory, const struct ksg_stack *stack, uint32_t *depth);

/* ksg_check_stacks. Has each painted stack told whose lowest bytes are no longer as painted; tell says whether it could. */
int paint_check(bool (*tell)(const void *context, const struct ksg_stack *stack), const void *context);

#endif
