/* The registered stacks, by address. */
#ifndef KMOD_STACK_LOOKUP_H
#define KMOD_STACK_LOOKUP_H

#include "ksg.h"
#include "memory.h"

/* The one that address lies in; 0: none. */
const struct ksg_stack *stack_at(uint32_t address);

/* The next one whose limit is above address; 0: none. */
const struct ksg_stack *stack_above(uint32_t address);

/* The one in whose guard page address lies; 0: none. */
const struct ksg_stack *stack_guarded(uint32_t address);

#endif
