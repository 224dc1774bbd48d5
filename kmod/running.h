/* The function that a walk stands in, the one that the next row is named after, and what its code says of its frame. */
#ifndef KMOD_RUNNING_H
#define KMOD_RUNNING_H

#include "walk.h"

/* Stands until others are looked up. */
struct function *running_function(const struct walk *walk);

/* Where the function has its return address now. Recursion asks the same again and again. */
struct frame_state running_state(const struct walk *walk, const struct function *function);

/* Does the function keep its frame in EBP at pc? Its prologue says so, or, where that comes late, the way to pc. Where
   the code cannot be read it counts as if it did. */
bool running_has_frame(const struct walk *walk, struct function *function);

#endif
