/* Painted stacks: how deep each ever got. */
#ifndef KMOD_PAINT_H
#define KMOD_PAINT_H

#include <stdbool.h>

#include "ksg.h"
#include "memory.h"

/* The stack's deepest use so far in bytes, through memory that may not be there. False: it was not painted, or cannot be
   read. */
bool paint_high_water(struct memory *memory, const struct ksg_stack *stack, uint32_t *depth);

/* Are the painted stack's lowest bytes no longer as painted? On live memory. */
bool paint_trampled(const struct ksg_stack *stack);

#endif
