/* Folding: rows in which a cycle of calls repeats are given once. */
#ifndef KMOD_FOLD_H
#define KMOD_FOLD_H

#include "walk.h"

#define FOLD_LONGEST 64 /* rows in one turn */
#define FOLD_LEAST 3    /* turns that make a cycle */
#define FOLD_WINDOW 256 /* rows looked ahead: a power of 2 */
#define FOLD_LISTS 64   /* a power of 2 */

/* A cycle of calls, found at the row that comes next. All its turns have the same functions and the same bytes. */
struct cycle {
    uint32_t rows;   /* of one turn */
    uint32_t frames; /* of one turn: what counts as a frame */
    uint32_t turns;
    uint32_t bytes; /* of one turn */
    uint32_t pc;    /* of its first row, */
    bool pc_exact;  /* which is an instruction, not a return address */
    uint32_t last;  /* the ChildEBP of the last row of its last turn */
};

/* Where the folded rows are. */
struct fold {
    struct walk next;             /* gives the next row */
    bool nothing;                 /* is to be folded */
    struct walk ahead;            /* gives the row behind the last one seen */
    uint32_t first, count;        /* rows: the number of the next one, and of how many of those to come is known */
    uint32_t seen;                /* signature of that last one, which is the one behind the last of window, */
    bool begun;                   /* if there is one */
    bool more;                    /* rows to be seen */
    uint32_t window[FOLD_WINDOW]; /* their signatures with the next row's, each where its number modulo FOLD_WINDOW says */
    uint32_t alike[FOLD_WINDOW];  /* for each the number of the next row in its list, if that is known already */
    uint32_t newest[FOLD_LISTS];  /* of each list of rows whose signatures are alike, the last row */
    uint32_t left;                /* rows of the cycle's first turn that are still to be given */
    bool skip;                    /* the cycle's other turns come next, and are left out */
    struct cycle cycle;
    uint32_t work; /* rows that may still be looked at in vain */
};

/* What a whole fold comes to. */
struct fold_summary {
    uint32_t lines;          /* rows shown, and a line for each cycle */
    uint32_t bytes;          /* of all cycles, all their turns */
    struct cycle greatest;   /* the cycle with the most bytes; no turns: there is none */
    uint32_t greatest_bytes; /* of all its turns */
};

/* summary: of the same walk; what has no cycles is walked without looking for them. 0: not known. */
void fold_begin(struct fold *fold, const struct walk_start *start, const struct fold_summary *summary);

/*
 * The next row that is to be shown. cycle->turns is not 0 behind the last row of a cycle's first turn: then the other
 * turns were left out, and the row after that is the first behind the cycle. False: there is none left; fold->next.end
 * says why.
 */
bool fold_next(struct fold *fold, struct row *row, struct cycle *cycle);

void fold_summarize(const struct walk_start *start, struct fold_summary *summary);

#endif
