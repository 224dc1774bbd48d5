/* What code does to ESP and EBP: where they point, as far as its instructions tell. */
#ifndef KMOD_SHAPE_H
#define KMOD_SHAPE_H

#include "instruction.h"
#include "kept_esp.h"
#include "memory.h"
#include "relative.h"

struct shape {
    struct place esp;   /* what it points to */
    struct place ebp;   /* what it points to, or if ebp_loaded: where the word is that it holds */
    struct place saved; /* where the EBP of the beginning was pushed last */
    struct place probe; /* the address computed last from ESP: where a loop that probes the stack ends */
    uint8_t probe_register; /* that holds it */
    struct kept_esp kept;
    bool ebp_loaded;
    bool at_start;  /* the code began at a function's first instruction: ESP pointed to its return address */
    bool realigned; /* and since then to a copy of that */
};

/* ESP and EBP as they are. */
struct shape shape_begin(bool sure, bool at_start);

/* After the instruction, as far as it goes on behind itself; next is the address there. */
void shape_execute(struct shape *shape, const struct instruction *instruction, uint32_t next);

/* ESP is change bytes higher. */
void shape_move_esp(struct shape *shape, int32_t change);

/* A short loop that moves ESP at each turn. */
struct loop {
    uint32_t start;
    uint32_t branch; /* the one at its end */
    int32_t change;  /* of ESP, at each turn */
    unsigned end;    /* the register that ESP is compared with until both are the same; none: REGISTERS */
};

#define REGISTERS 8

/* After the branch at the end of a loop was not taken. A short loop that moves ESP at each turn, probing the stack,
   ends with ESP at the address that was computed before it, or nobody knows where. */
void shape_leave_loop(struct shape *shape, struct memory *memory, uint32_t target, uint32_t branch);

/* The loop of that kind that pc stands in. False: there is none. */
bool shape_loop_around(struct memory *memory, uint32_t pc, struct loop *loop);

/* Does it end with ESP at shape's probe? shape is as in the first turn; ESP is rest bytes above the probe then. */
bool shape_loop_ends(const struct shape *shape, const struct loop *loop, uint32_t *rest);

static inline bool shape_ebp_untouched(const struct shape *shape)
{
    return !shape->ebp_loaded && shape->ebp.base == PLACE_EBP && shape->ebp.offset == 0;
}

#endif
