/* A chain that leads into another stack: the walk goes on there. */
#ifndef KMOD_SWITCH_H
#define KMOD_SWITCH_H

#include "walk.h"

/* The registered stack, other than this one, that EBP leads into; 0: none, or there were too many. */
const struct ksg_stack *switch_target(const struct walk *walk, uint32_t ebp);

/* EBP leads into another stack. A function with an EBP frame has it there; a stub has its trap there. */
bool switch_at(struct walk *walk, struct row *row, const struct ksg_stack *stack);

/* The running function made its call on this stack, and gets its old ESP back from another one. It has its frame there,
   or its trap. False: that cannot be told from its code and the words on this stack. has_frame: it keeps its frame in EBP. */
bool switch_back(struct walk *walk, struct row *row, bool has_frame);

/* The rows of the change to walk->entering: the rest of this stack, if any is left, then the other one's name. */
bool switch_give(struct walk *walk, struct row *row);

#endif
