/* Which stack ran out: its range, and how it is known. */
#ifndef KMOD_STACK_H
#define KMOD_STACK_H

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

struct stack_range {
    enum stack_source source;
    struct text name;
    uint32_t limit;
    uint32_t base;
    uint32_t pointer;   /* ESP; ESP0 when the CPU was in user mode, for that is where it wanted to push */
    bool limit_unknown; /* STACK_ESP0, STACK_PROBED: readable memory goes on below limit, or above base */
    bool base_unknown;
    bool hook_faulted;  /* the host's find_stack: hook_fault says how */
    struct fault hook_fault;
};

/* Finds the stack that the crashed CPU ran on or ran off: asks the registered stacks, the host's hook, esp0, and at last
   the pages around ESP, in this order. */
void stack_find(struct machine *machine, const struct crash *crash, struct stack_range *range);

/* Can the page that holds address be read? */
bool stack_page_readable(struct memory *memory, uint32_t address);

#endif
