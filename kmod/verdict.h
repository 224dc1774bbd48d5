/* The verdict: what happened, how sure that is, and why. */
#ifndef KMOD_VERDICT_H
#define KMOD_VERDICT_H

#include "clues.h"
#include "crash.h"
#include "stack.h"

enum verdict_kind {
    VERDICT_UNKNOWN,
    VERDICT_OVERFLOW,        /* the stack was full */
    VERDICT_ENTRY,           /* from user mode: no room on the kernel stack of esp0 */
    VERDICT_OTHER_SPACE,     /* the page directory that the kernel was on lacks a page of its stack, which another has */
    VERDICT_HOLE,            /* a page of the stack is not present */
    VERDICT_UNDERFLOW,       /* more was popped from the stack than was on it */
    VERDICT_UNUSED,          /* ESP is at the end of a stack that nobody has used */
    VERDICT_NO_STACK,        /* ESP is on no known stack, and nothing can be written there */
    VERDICT_OTHER_STACK,     /* ESP is at the end of a stack, and the running function's frame is on another */
    VERDICT_SMASHED_EBP,     /* ESP was taken from a saved EBP that had been overwritten */
    VERDICT_SMASHED_RETURN,  /* a ret went to a return address that had been overwritten */
    VERDICT_UNDELIVERABLE,   /* an exception could not be delivered: the host's IDT or TSS is not fit for it */
    VERDICT_NO_HANDLER,      /* the page-fault handler is not there, so that its faults filled the stack */
    VERDICT_NO_DOUBLE_FAULT, /* the gate was entered by int 8 or by IRQ 0 */
    VERDICT_GUARD_PAGE,      /* a guard page was accessed, but not by a stack that ran off its end */
    VERDICT_ON_DEMAND,       /* nothing happened to a stack: ksg_report was called */
    VERDICT_TRAMPLED,        /* a stack, not always the current one, was used to its end */
    VERDICT_NEAR_END         /* it was used almost to its end; or beyond, by a frame that stepped over it */
};

enum certainty { CERTAINTY_NONE, CERTAINTY_LIKELY, CERTAINTY_CERTAIN };

/* What filled the stack. */
enum overflow_by { OVERFLOW_BY_DEPTH, OVERFLOW_BY_RECURSION, OVERFLOW_BY_LARGE_FRAME, OVERFLOW_BY_TRAPS };

/* What speaks against the verdict. */
enum against {
    AGAINST_NOTHING,
    AGAINST_GATE,     /* the page fault could not have been delivered anyway */
    AGAINST_NO_PUSH,  /* no push failed, so that something else made the double fault: see vector */
    AGAINST_SPACE,    /* the stack that is read may be another process's: the running function's frame is not on it */
    AGAINST_NO_FRAMES, /* less than half of what counts as used is in known frames */
    AGAINST_BEYOND     /* a frame of it ends above the base: another stack may have run into this one */
};

struct verdict {
    enum verdict_kind kind;
    enum certainty certainty;
    enum overflow_by by; /* VERDICT_OVERFLOW */
    enum against against;
    bool vector_known; /* VERDICT_UNDELIVERABLE, AGAINST_NO_PUSH: */
    uint32_t vector;   /* what was raised; else the first exception without a usable gate, or VECTOR_COUNT */
};

/* Weighs what is known. Looks at nothing else. */
void verdict_find(const struct crash *crash, const struct stack_range *range, const struct clues *clues,
                  struct verdict *verdict);

/* Is it a handler that found no room, so that the function interrupted is the culprit? */
static inline bool verdict_is_of_handler(const struct verdict *verdict, const struct clues *clues)
{
    return verdict->kind == VERDICT_OVERFLOW && clues->trapped.bytes;
}

/* The gate's fault in words. */
const char *verdict_gate_text(enum gate_fault fault);

/* The exception's short name, as in the manual: "#PF". */
const char *verdict_vector_name(uint32_t vector);

#endif
