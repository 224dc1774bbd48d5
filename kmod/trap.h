/* Traps: the frame that the CPU pushes for an interrupt or exception, found on the stack by its shape. */
#ifndef KMOD_TRAP_H
#define KMOD_TRAP_H

#include "record.h"

/* What was interrupted. */
struct trap {
    uint32_t at;  /* of the pushed EIP */
    uint32_t eip;
    uint32_t ebp; /* holds if ebp_known */
    uint32_t esp; /* from kernel mode: right above the pushed EFLAGS */
    bool ebp_known;
    bool user;    /* from user mode or virtual-8086 mode: the walk ends there */
};

/* Do the words at address have the shape of a trap frame (SDM vol. 3, 6.12.1): EIP in code, a CS of ring 0 or 3, EFLAGS
   whose fixed bits are right, and from ring 3 an SS of ring 3? Sets all but the trap's ebp. */
bool trap_shape(const struct view *view, uint32_t address, struct trap *trap);

/*
 * The trap whose stub called the function that record belongs to. It lies above the record and, unless the stub keeps
 * records of its own, below the interrupted function's EBP, which is the record's link.
 */
bool trap_find(const struct view *view, const struct record *record, struct trap *trap);

/* The record is the stub's own: it pushed EBP first thing, so the trap frame lies right above, or above an error code. */
bool trap_above(const struct view *view, const struct record *record, struct trap *trap);

/* The stub itself was about to execute the instruction at pc, with these registers: it had not yet called, or was itself
   interrupted or out of stack. The trap that it is there for. */
bool trap_here(const struct view *view, uint32_t pc, uint32_t esp, uint32_t ebp, struct trap *trap);

#endif
