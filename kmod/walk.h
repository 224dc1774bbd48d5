/* The walk: the rows of one stack, innermost first. An iterator, so that no row is ever stored. */
#ifndef KMOD_WALK_H
#define KMOD_WALK_H

#include "code.h"
#include "memory.h"

enum row_kind {
    ROW_FRAME,  /* a function's frame */
    ROW_USER,   /* the user mode that entered the kernel: no frame, no bytes */
    ROW_BEFORE, /* from ESP to the first record, when the innermost function is not known */
    ROW_GAP,    /* bytes between a broken chain and the next recovered record */
    ROW_SWITCH, /* the walk goes on in another stack: name */
    ROW_REST    /* from the last frame to the base */
};

/* How far a row can be trusted. */
enum frame_trust {
    FRAME_CHAINED,
    FRAME_FRAMELESS,
    FRAME_TRAP,
    FRAME_RECOVERED,
    FRAME_GUESS
};

struct row {
    enum row_kind kind;
    enum frame_trust trust;
    uint32_t bytes;          /* the rows' bytes add up to base - esp */
    uint32_t child_ebp;      /* ROW_FRAME, ROW_USER */
    uint32_t return_address; /* ROW_FRAME */
    uint32_t pc;             /* the address that the row is named after */
    bool pc_exact;           /* pc is an instruction that was about to run; else a return address: look up pc - 1 */
    struct function function;/* that holds it */
    const struct ksg_stack *stack; /* ROW_SWITCH: the stack entered */
};

enum walk_end {
    WALK_BASE,       /* the last frame's link is the stack's base, or a registered entry point was reached */
    WALK_USER,       /* a trap from user mode */
    WALK_ZERO,       /* the chain ends in a zero EBP */
    WALK_UNREADABLE, /* the next record cannot be read */
    WALK_ODD,        /* EBP is no multiple of 4 */
    WALK_DOWN,       /* EBP does not lead upward */
    WALK_OFF,        /* EBP lies outside the stack */
    WALK_NO_CODE,    /* the return address is none */
    WALK_BUDGET,     /* more frames than the stack has word pairs */
    WALK_NONE        /* there are no registers, or no stack, to start from */
};

#endif
