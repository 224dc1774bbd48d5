/* The trap of a stub that never goes on: its code leads to no IRET, but tells where ESP was when it was entered. */
#ifndef KMOD_ENTERED_H
#define KMOD_ENTERED_H

#include "trap.h"
#include "walk.h"

/* The frame has the CPU's shape there, or above an error code and a vector, and no return address lies in its place.
   What was interrupted is another function. */
bool entered_by_trap(const struct walk *walk, struct function *function, struct trap *trap);

#endif
