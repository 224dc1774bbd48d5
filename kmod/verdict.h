/* The verdict: what happened, how sure that is, and the facts that it rests on. */
#ifndef KMOD_VERDICT_H
#define KMOD_VERDICT_H

#include "crash.h"
#include "stack.h"

enum verdict_kind {
    VERDICT_UNKNOWN,
    VERDICT_OVERFLOW,       /* the stack was full */
    VERDICT_ENTRY_OVERFLOW, /* from user mode: no room on the kernel stack of esp0 */
    VERDICT_NO_STACK,       /* ESP is on no known stack, and nothing can be written there */
    VERDICT_UNDELIVERABLE,  /* an exception could not be delivered: the host's IDT has no usable gate for it */
    VERDICT_NO_DOUBLE_FAULT, /* the gate was entered by int 8 or by IRQ 0 */
    VERDICT_ON_DEMAND,      /* nothing happened to a stack: ksg_report was called */
    VERDICT_TRAMPLED        /* a stack, not always the current one, was used to its end */
};

enum certainty { CERTAINTY_NONE, CERTAINTY_LIKELY, CERTAINTY_CERTAIN };

struct verdict {
    enum verdict_kind kind;
    enum certainty certainty;
    bool push_failed;   /* CR2 is where the CPU pushes an exception frame below the stack pointer, and cannot be written:
                           the page is not present */
    bool not_present;   /* CR2 is, which on demand need not have to do with a push */
    bool software;      /* VERDICT_NO_DOUBLE_FAULT: the instruction before EIP is int 8 */
    uint32_t gate;      /* VERDICT_UNDELIVERABLE: the first vector without a usable gate */
};

void verdict_find(struct machine *machine, const struct crash *crash, const struct stack_range *range,
                  struct verdict *verdict);

/* The gate's fault in words. */
const char *verdict_gate_text(enum gate_fault fault);

/* The exception's short name, as in the manual: "#PF". */
const char *verdict_vector_name(uint32_t vector);

#endif
