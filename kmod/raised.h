/* Which exception the instruction at EIP raised, as far as it tells. */
#ifndef KMOD_RAISED_H
#define KMOD_RAISED_H

#include "access.h"
#include "crash.h"
#include "memory.h"

enum raised_by {
    RAISED_UNKNOWN,
    RAISED_BY_FETCH,     /* it could not be fetched: CR2 is EIP or right behind */
    RAISED_BY_ACCESS,    /* it accesses CR2, which is not present */
    RAISED_BY_INT,       /* int n, int3, into */
    RAISED_BY_UNDEFINED, /* ud2 */
    RAISED_BY_DIVISION   /* by zero, or with a quotient too large */
};

struct raised {
    enum raised_by by;
    uint32_t vector;    /* unless RAISED_UNKNOWN */
    enum access access; /* of CR2, by the instruction, whatever was raised */
    uint32_t base;      /* ACCESS_BY_BASE: the register */
};

void raised_find(struct memory *memory, const struct crash *crash, struct raised *raised);

/* Does it lead to a double fault when it cannot be delivered, whatever else can be? The page fault and the contributory
   exceptions do. For the others the CPU raises what a bad gate does, and that one is delivered: SDM vol. 3, table 6-5.
 */
bool raised_doubles(uint32_t vector);

/* What the CPU raises for such a gate: SDM vol. 2, INT. */
uint32_t raised_by_gate(enum gate_fault fault);

#endif
