/* Where a function keeps its return address and its caller's EBP while it stands at a given instruction. */
#ifndef KMOD_PROLOGUE_H
#define KMOD_PROLOGUE_H

#include "memory.h"

enum frame_base {
    FRAME_BASE_UNKNOWN, /* code cannot be read, or does not tell */
    FRAME_BASE_EBP,     /* EBP is this function's: the caller's EBP is at [ebp + ebp_offset], the return address at
                           [ebp + return_offset]: 0 and 4, but for odd prologues */
    FRAME_BASE_ESP,     /* the return address is at [esp + return_offset]; EBP is the caller's or is on the stack */
    FRAME_BASE_LOST     /* frameless, but ESP was moved by an amount that the code does not tell */
};

struct frame_state {
    enum frame_base base;
    bool exact;     /* follows from the code alone, by every way there is to look at it; not guessed */
    bool realigned; /* the return address found so is the copy that stack realignment made; its original, which
                       ESP returns over, is somewhere above */
    bool ebp_saved; /* FRAME_BASE_ESP: the caller's EBP is not in the register but at [esp + ebp_offset] */
    bool ebp_pushed; /* or it is in both, as far as one way to pc shows; on another way, the register got a new value */
    uint32_t return_offset;
    uint32_t ebp_offset;
};

/*
 * The state right before the instruction at pc executes. start is the function's first instruction, also when pc is in
 * a piece of it that was moved elsewhere; 0 when not known. end is where the function ends, or that piece; UINT32_MAX when
 * not known.
 *
 * at_call: pc is a return address, so what is wanted is the state while the call that ends there is under way. ESP then
 * means the address right above the return address pc, whatever the callee will pop from there.
 */
struct frame_state prologue_state(struct memory *memory, uint32_t start, uint32_t end, uint32_t pc, bool at_call);

/* Does the function at start set up an EBP frame? A prologue that cannot be read counts as one that does. */
bool prologue_has_frame(struct memory *memory, uint32_t start);

/* What a function's prologue takes from the stack; what it does not know it leaves 0. */
struct prologue {
    bool readable;
    bool framed;     /* push ebp; mov ebp, esp, or enter */
    uint32_t pushes; /* bytes pushed besides EBP, before or after the frame was set up */
    uint32_t locals; /* bytes of sub esp, add esp -n, lea, enter, a probing loop */
    bool aligned;    /* and esp, -n: up to alignment - 4 bytes more */
    uint32_t alignment;
    bool dynamic; /* the code up to end moves ESP by an amount that only it knows: alloca, variable arrays */
};

/* end: where to stop looking for that; the function's end, or 0: only the prologue is read. */
struct prologue prologue_read(struct memory *memory, uint32_t start, uint32_t end);

#endif
