/* The biggest frames of a stack, and what they are made of. */
#ifndef KMOD_BIGGEST_H
#define KMOD_BIGGEST_H

#include "walk.h"

#define BIGGEST_COUNT 5

/* What lies below ESP as it was in a function, and counts to its frame. */
enum below {
    BELOW_RECORD, /* its callee's EBP and return address */
    BELOW_WORD,   /* the return address, and a word of a callee that has no EBP there */
    BELOW_TRAP    /* a trap frame, and its stub's use */
};

/* The biggest frame of one function. */
struct big_frame {
    uint32_t function; /* where it starts, if named; else pc */
    bool named;
    uint32_t end;    /* behind its last byte; 0: not known */
    uint32_t frames; /* how many frames of it there are */
    uint32_t bytes;  /* as the row has them */
    uint32_t own;    /* of these, what lies above ESP as it was in this function: not the callee's record */
    uint32_t pc;
    bool pc_exact;
    bool guess;              /* so says the row */
    bool bare;               /* it has no EBP frame: its topmost word counts to its caller's */
    enum below below;
    uint32_t return_address; /* of the biggest one */
};

/* The biggest frames of as many functions, biggest first. */
struct biggest {
    struct big_frame frames[BIGGEST_COUNT];
    uint32_t count;
};

/* How many there are, also when count was overwritten. */
static inline uint32_t biggest_count(const struct biggest *biggest)
{
    return biggest->count < BIGGEST_COUNT ? biggest->count : BIGGEST_COUNT;
}

void biggest_find(const struct walk_start *start, struct biggest *biggest);

/* What a frame's bytes are for. They add up to its bytes. */
struct anatomy {
    uint32_t locals;
    uint32_t pushes;
    uint32_t pushed;    /* pushes, with the one that counts to its caller's frame */
    uint32_t below;     /* the callee's or a trap's: enum below */
    uint32_t arguments; /* of the call it made, still on the stack, with what aligns them */
    uint32_t dynamic;   /* alloca, variable arrays */
    uint32_t alignment; /* at most: from aligning ESP */
    uint32_t unexplained;
    bool called;            /* the return address can be one: as far as is known, a CALL ends there */
    bool called_by_pointer; /* it went through memory, at pointer */
    uint32_t pointer;
};

void anatomy_of(const struct view *view, const struct big_frame *frame, struct anatomy *anatomy);

#endif
