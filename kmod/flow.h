/* The two ways to learn what the stack looks like at an instruction: from the function's start, and on to its return.
 */
#ifndef KMOD_FLOW_H
#define KMOD_FLOW_H

#include "memory.h"
#include "shape.h"

/*
 * How many bytes of the function at start come before it does anything to its stack: nops, of which endbr32 is one, and
 * at most one call, as -mfentry makes of __fentry__. A callee finds no arguments there that it could pop.
 */
uint32_t flow_entry(struct memory *memory, uint32_t start);

/* Where that call ends, from start on; 0: there is none. */
uint32_t flow_entry_call(struct memory *memory, uint32_t start);

enum flow_arrival {
    FLOW_LOST,    /* pc was not reached: the shape is that of the function's body, or of its first instruction */
    FLOW_GUESSED, /* nothing that was seen leads to pc: the shape is as if what stands before it went on there */
    FLOW_ARRIVED
};

/*
 * Follows the code from start, a function's first instruction, to pc. at_call: to pc as the place behind a call, and no
 * other way. look_into_calls: counts what direct callees pop of their arguments, as far as that is found quickly.
 */
enum flow_arrival flow_from_start(struct memory *memory, uint32_t start, uint32_t pc, bool at_call,
                                  bool look_into_calls, struct shape *shape);

/* Follows the code from pc to a RET, without a call on the way if there is such a way. end: where the function of pc ends,
   or the piece of it; control does not run on into what comes next. at_call: a call is just under way. False: no RET was
   found at which ESP and EBP are what they have to be. */
bool flow_to_return(struct memory *memory, uint32_t end, uint32_t pc, bool at_call, bool look_into_calls,
                    struct shape *shape);

#endif
