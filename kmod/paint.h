/* Painted stacks: how deep each ever got. */
#ifndef KMOD_PAINT_H
#define KMOD_PAINT_H

#include <stdbool.h>

#include "ksg.h"
#include "memory.h"

/* The stack's deepest use so far in bytes, through memory that may not be there. False: it was not painted, or cannot be
   read. */
bool paint_depth(struct memory *memory, const struct ksg_stack *stack, uint32_t *depth);

#endif
