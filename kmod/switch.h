/* A chain that leads into another stack: the walk goes on there. */
#ifndef KMOD_SWITCH_H
#define KMOD_SWITCH_H

#include "walk.h"

/* The registered stack, other than this one, that EBP leads into; 0: none, or there were too many. */
const struct ksg_stack *switch_target(const struct walk *walk, uint32_t ebp);

/* EBP leads into another stack. A function with an EBP frame has it there; a stub has its trap there. */
bool switch_at(struct walk *walk, struct row *row, const struct ksg_stack *stack);

/* The rows of the change to walk->entering: the rest of this stack, if any is left, then the other one's name. */
bool switch_give(struct walk *walk, struct row *row);

#endif
