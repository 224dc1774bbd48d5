/* How a function's code moves ESP by more than constants. */
#ifndef KMOD_MOVES_H
#define KMOD_MOVES_H

#include "memory.h"

struct moves {
    bool lowered;    /* by an amount that only it knows, as for alloca */
    bool loaded;     /* with another one: what comes behind that was not looked at */
    uint32_t copies; /* at the end, the registers with values made from ESP: a bit for each, as instructions number them */
};

/* From the function's start to end. */
struct moves moves_find(struct memory *memory, uint32_t start, uint32_t end);

#endif
