/* How the instruction at EIP comes to CR2, if it does. */
#ifndef KMOD_ACCESS_H
#define KMOD_ACCESS_H

#include "crash.h"
#include "instruction.h"

enum access {
    ACCESS_NONE,      /* it does not, as far as it tells: an operand with an index is not looked at */
    ACCESS_ELSEWHERE, /* by an address that is no register's */
    ACCESS_BY_BASE,   /* through the register rm, which is not ESP */
    ACCESS_BY_ESP     /* by a push, a pop, a call or a return, or through ESP */
};

enum access access_find(const struct crash *crash, const struct instruction *instruction);

/* Does an operand through that register belong to the stack? The code from start, of the instruction's function, made it
   from ESP: an EBP frame, or the address from which a stack is probed before ESP is lowered. */
bool access_by_copy(struct memory *memory, const struct crash *crash, uint32_t start, uint32_t base);

/* The register's value, as instructions number them. */
uint32_t access_register(const struct crash *crash, unsigned number);

#endif
