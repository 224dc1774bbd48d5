/* The hook on one CPU: looking at it and taking it out, for those who have borrowed the IDT. */
#ifndef I386_INSTALL_H
#define I386_INSTALL_H

#include "borrow.h"
#include "cpu.h"

/* ksg_verify's status for cpu, which is the one that runs this. */
int verify_hook(struct cpu *cpu, const struct borrow *borrow);

/* Puts back what nobody else has replaced since. */
void remove_hook(struct cpu *cpu, const struct borrow *borrow);

/* Another installed CPU that uses the IDT at base, or 0. */
struct cpu *shares_idt(const struct cpu *cpu, uint32_t base);

#endif
