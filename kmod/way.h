/*
 * A way through code: the instructions that control gets to, and what the stack looks like at each.
 *
 * Code is visited in runs: from where a branch leads to where control does not go on, or was before. What branches lead
 * to waits until it is its turn. There is room for a fixed number of both, and forgetting some costs no truth.
 */
#ifndef KMOD_WAY_H
#define KMOD_WAY_H

#include "jump_table.h"
#include "memory.h"
#include "shape.h"

#define WAY_PENDING 12
#define WAY_RUNS 32
#define WAY_TABLES 4

/* An instruction that control can get to. */
struct junction {
    uint32_t address;
    struct shape shape;
};

/* Instructions that were visited one after the other. */
struct run {
    uint32_t start;
    uint32_t end;
};

/* A jump table, and what the stack looks like where control gets to by it. */
struct switching {
    struct jump_table table;
    struct shape shape;
};

struct way {
    struct memory *memory;
    uint32_t first;  /* where it began; of what is pending the nearest above that comes next */
    unsigned steps;  /* left */
    struct junction here;
    uint32_t end;    /* no run that starts below it gets past it */
    uint32_t stop;   /* the current run ends here at the latest */
    struct run runs[WAY_RUNS];
    unsigned run_count;
    unsigned current; /* run */
    struct junction pending[WAY_PENDING];
    unsigned pending_count;
    struct jump_table_clues clues;
    struct switching switches[WAY_TABLES];
    unsigned switch_count;
    uint32_t goal; /* of a table's entries that nearest below comes first */
};

void way_begin(struct way *way, struct memory *memory, uint32_t first, uint32_t end, const struct shape *shape,
               unsigned steps);

/* The instruction to visit next, which is here then. False: there is none. */
bool way_next(struct way *way, struct instruction *instruction);

/* Here is behind the instruction now. */
void way_pass(struct way *way, const struct instruction *instruction);

/* Control does not go on here. */
void way_end_run(struct way *way);

/* Remembers that control can get from here to target, */
void way_add(struct way *way, uint32_t target);

/* or to where the indirect jump leads, which was passed last, as far as a table tells. */
void way_add_table(struct way *way, const struct instruction *jump);

#endif
