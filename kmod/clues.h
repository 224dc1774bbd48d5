/* Clues: what the registers, the code and the rows tell about the cause of a crash. Facts only; verdict.h weighs
   them. */
#ifndef KMOD_CLUES_H
#define KMOD_CLUES_H

#include "biggest.h"
#include "fold.h"
#include "nest.h"
#include "raised.h"
#include "stack.h"
#include "usage.h"
#include "walk.h"

/* A row of interest: its function, and how much of the stack. bytes 0: there is none. */
struct clue_row {
    uint32_t bytes;
    uint32_t pc;
    bool pc_exact; /* pc was about to execute; else it is a return address */
};

/* A word of a frame's record that cannot be what was saved there. */
struct smashed {
    bool found;
    bool is_return; /* it is the return address; else the saved EBP */
    uint32_t at, value;
    struct clue_row frame; /* whose record it is in */
};

struct clues {
    /* Of the registers. */
    bool push_failed;    /* CR2 is where the CPU pushes an exception frame, and that page is not present */
    bool push_elsewhere; /* CR2 is there, and that page is present: not so where the push failed */
    bool cr2_missing;    /* CR2 is not present, which on demand need not have to do with a push */
    bool after_int_8;    /* the instruction before EIP is int 8 */
    bool guarded;        /* the page below the stack's limit is not present */
    bool no_code;        /* there is no code at EIP */
    bool came_by_return; /* no_code, and the word below ESP is EIP: a ret went there */
    bool came_by_call;   /* no_code, and at ESP lies the return address of a call */
    uint32_t caller;     /* came_by_call: that return address */
    bool esp_from_ebp;   /* ESP and EBP are close together, and both on no stack */
    bool esp_kept;       /* ESP is at a stack's base or above, and the running function has not loaded it */
    struct raised raised;
    bool by_stack;       /* the instruction accesses CR2 by way of ESP, or of what its function made from that */
    bool in_guard;       /* CR2 is in the guard page of the stack that ran out, or did not, */
    const struct ksg_stack *guard_of; /* or of this other one; 0: of none */
    const struct ksg_stack *pointer_in; /* the registered stack that ESP lies in; 0: none */
    const struct ksg_stack *above;    /* ESP is on no registered stack, but not far below this one; 0: there is none */
    const struct ksg_stack *run_over; /* the lowest registered stack that ESP reached from above; 0: none */
    uint32_t run_over_count;          /* so many there are */
    bool frame_by_ebp; /* the function at EIP has its frame at EBP: a call of it is before the return address there */
    bool frame_missing; /* its return address has to be in this stack, and is not: the registers and the code tell where */
    const struct ksg_stack *frame_in; /* and that is in this stack, which is not the one ESP belongs to; 0: it is */

    /* Of the rows. */
    bool walked;             /* those below hold */
    uint32_t used;           /* bytes, */
    uint32_t in_frames;      /* of these in frames of functions that are known, */
    uint32_t in_cycles;      /* in calls that repeat, */
    uint32_t in_function;    /* in frames of the one function that calls itself and takes most, */
    uint32_t in_biggest;     /* and in the biggest frame that is no guess */
    uint32_t above_esp0;     /* bytes up to the base, where an entry from user mode began the stack below it */
    struct clue_row over;    /* the frame that lies across the limit, if no guess */
    bool over_loaded;        /* or lies there because its function loaded ESP, which may lead to another stack */
    bool over_repeats;       /* or is a turn of a recursion, or smaller than one */
    struct clue_row beyond;  /* by its code, the frame of this function, which was not found, ends above the base: bytes is 1 */
    struct clue_row trapped; /* an interrupt or exception of this function was being handled; bytes: what that took */
    struct nest nest;
    struct smashed smashed;
};

void clues_of_registers(struct machine *machine, struct code *code, const struct crash *crash,
                        const struct stack_range *range, struct clues *clues);

void clues_of_rows(const struct walk_start *start, const struct stack_range *range, const struct fold_summary *folded,
                   const struct biggest *biggest, const struct usage_table *functions, struct clues *clues);

/* The function with the most bytes, if it has several frames: it calls itself, in whatever way. 0: it has not. */
const struct usage *clues_recursive(const struct usage_table *functions);

/* The printable characters that reach across address, at most so many of them, into text. Returns how many: 0 when the
   word at address does not look like text. */
#define CLUES_TEXT 32
uint32_t clues_text(struct memory *memory, uint32_t address, char text[CLUES_TEXT]);

/* Is the word four printable characters? */
bool clues_looks_like_text(uint32_t word);

#endif
