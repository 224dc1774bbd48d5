/* Answers that take much work, kept: each walk over a stack asks the same questions again. */
#ifndef KMOD_COSTLY_H
#define KMOD_COSTLY_H

#include "prologue.h"

#define COSTLY_STATES 512 /* a power of 2 */
#define COSTLY_CHAINS 8
#define COSTLY_TAILS 64 /* a power of 2 */

/* What all that is kept may have taken, as memory.h counts it, in one report. */
#define COSTLY_WORK_MOST 0x200000u

/* What prologue_state said of pc. */
struct costly_state {
    uint32_t pc;
    uint32_t exact; /* pc was about to execute; else it is a return address */
    struct frame_state state;
    uint32_t check; /* of all above */
};

enum costly_answer { COSTLY_NONE, COSTLY_FOUND, COSTLY_GIVEN_UP };

/* What recover_chain said. */
struct costly_chain {
    uint32_t floor, base, callee, least;
    uint32_t words; /* a sum of those from floor to base */
    uint32_t answer; /* enum costly_answer */
    uint32_t head;
    uint32_t check;
};

/* What tail_evidence said: tail.c. */
struct costly_tail {
    uint32_t start, to;
    uint32_t evidence; /* enum evidence */
    uint32_t check;
};

struct costly {
    uint32_t work; /* done so far */
    uint32_t chain_count;
    struct costly_state states[COSTLY_STATES];
    struct costly_chain chains[COSTLY_CHAINS];
    struct costly_tail tails[COSTLY_TAILS];
};

struct function;
struct record;
struct view;

void costly_begin(struct costly *costly);

/* As prologue_state, of a function as code_find gave it, and recover_chain. What an answer took that is kept is counted
   in costly; where there is no room for another one, or too much was spent, it counts as work of the walk. */
struct frame_state costly_state(const struct view *view, const struct function *function, uint32_t pc, bool exact);
bool costly_chain(const struct view *view, uint32_t floor, uint32_t callee, uint32_t least, struct record *head);

#endif
