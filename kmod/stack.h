/* Which stack ran out: its range, and how it is known. */
#ifndef KMOD_STACK_H
#define KMOD_STACK_H

#include "code.h"
#include "crash.h"
#include "machine.h"
#include "symbols.h"

enum stack_source {
    STACK_NOT_FOUND,  /* nothing is known: limit and base are 0 */
    STACK_REGISTERED, /* ksg_add_stack */
    STACK_HOOK,       /* the host's find_stack */
    STACK_ESP0,       /* base is the faulting TSS's esp0, limit was probed */
    STACK_PROBED      /* the readable pages around ESP */
};

/* What ties ESP to the stack. */
enum stack_tie {
    TIE_INSIDE,  /* ESP is in it, or at most a page below its limit */
    TIE_FRAMES,  /* ESP is below its limit, and the frames lead from there up into it: it ran off */
    TIE_NEARBY,  /* ESP is below its limit; nothing but that speaks for it */
    TIE_ABOVE,   /* ESP is above its base, which may be right below another stack's guard page */
    TIE_EBP_ONLY /* ESP is on no stack; EBP is on this one */
};

struct stack_range {
    enum stack_source source;
    enum stack_tie tie;
    struct text name;
    uint32_t limit;
    uint32_t base;
    uint32_t pointer;   /* ESP; ESP0 when the CPU was in user mode, for that is where it wanted to push */
    uint32_t from;      /* where its use is counted from: pointer, but EBP for TIE_EBP_ONLY and below_zero, and for TIE_ABOVE
                           if it is there */
    const struct ksg_stack *top; /* the registered stack that pointer is at the base of, or a little above; 0: none */
    bool unused;        /* it was painted, and no word of it was ever used */
    bool below_zero;    /* TIE_FRAMES: ESP went around below address 0, so that it is above the base */
    bool limit_unknown; /* STACK_ESP0, STACK_PROBED: readable memory goes on below limit, or above base */
    bool base_unknown;
    bool hook_faulted; /* the host's find_stack: hook_fault says how */
    struct fault hook_fault;
};

/* Is ESP on the stack, or has it run off its end? */
static inline bool stack_holds_pointer(const struct stack_range *range)
{
    return range->source != STACK_NOT_FOUND && range->tie != TIE_EBP_ONLY && range->tie != TIE_ABOVE;
}

/* Finds the stack that the crashed CPU ran on or ran off: asks the registered stacks, the host's hook, esp0, the pages
   around ESP, what is registered farther up, and at last EBP, in this order. */
void stack_find(struct machine *machine, struct code *code, const struct crash *crash, struct stack_range *range);

/* Can the page that holds address be read? */
bool stack_page_readable(struct memory *memory, uint32_t address);

#endif
