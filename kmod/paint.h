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

/* ksg_check_stacks. Has each painted stack told whose lowest bytes are no longer as painted; tell returns KSG_OK, or why it
   could not. One that cannot be read is left out, and counted: ksg_skipped_stacks. */
int paint_check(struct memory *memory, int (*tell)(const void *context, const struct ksg_stack *stack), const void *context);

#endif
