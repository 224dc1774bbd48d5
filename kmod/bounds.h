/* Between what a stack has to lie of which nobody told: the code that is seen to run, and the module itself. */
#ifndef KMOD_BOUNDS_H
#define KMOD_BOUNDS_H

#include "code.h"
#include "crash.h"
#include "machine.h"

struct bounds {
    uint32_t lowest;     /* the first address above what lies below the stack pointer */
    uint32_t highest;    /* the first address of what lies above it; 0: nothing does */
    uint32_t frames_end; /* above the last return address that is seen at once */
};

/* Of the stack that pointer is on. */
void bounds_find(struct machine *machine, const struct code *code, const struct crash *crash, uint32_t pointer,
                 struct bounds *bounds);

/* Does some of the page lie outside? */
static inline bool bounds_exclude(const struct bounds *bounds, uint32_t page, uint32_t size)
{
    return page < bounds->lowest || (bounds->highest && page + (size - 1) >= bounds->highest);
}

#endif
