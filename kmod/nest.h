/* Traps that nest: interrupts and exceptions of kernel mode that were being handled, one inside the other. */
#ifndef KMOD_NEST_H
#define KMOD_NEST_H

#include "walk.h"

#define NEST_LEAST 4 /* fewer are usual */

struct nest {
    uint32_t traps;  /* so many; none follows from a guess */
    uint32_t bytes;  /* of the stack that ESP is on: from ESP up to the frame that the CPU pushed for the outermost */
    uint32_t widest; /* what one of them took of these at most */
    uint32_t stub;   /* of the outermost: where its stub stands, */
    uint32_t pc;     /* the instruction that it interrupted, */
    uint32_t caller; /* and where that function returns to; 0: not known */
    bool first;      /* it came before all others: the walk got to its end without a guess */

    /* While rows are taken: */
    bool after_stub; /* the next row tells whether the trap was from user mode */
    uint32_t last_stub;
    bool broken;
};

/* Takes the next row into account. esp: as it was before the row; start: where the walk began, 0 once it is on another
   stack. */
void nest_take(struct nest *nest, const struct row *row, uint32_t esp, uint32_t start);

/* Behind the last row. */
void nest_end(struct nest *nest, enum walk_end end);

/* Is nesting what filled the stack, of which so much is used? Not if one of them alone took much of that. */
static inline bool nest_fills(const struct nest *nest, uint32_t used)
{
    return nest->traps >= NEST_LEAST && nest->bytes > used / 2 && nest->widest <= nest->bytes / NEST_LEAST;
}

#endif
