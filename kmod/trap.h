/* Traps: the frame that the CPU pushes for an interrupt or exception, found by its stub's code or by its shape. */
#ifndef KMOD_TRAP_H
#define KMOD_TRAP_H

#include "record.h"

/* What was interrupted. */
struct trap {
    uint32_t at;  /* of the pushed EIP */
    uint32_t eip;
    uint32_t ebp; /* the best that is known of it */
    uint32_t esp; /* right above all that the CPU pushed: from kernel mode its ESP, from user mode what esp0 was */
    bool user;    /* from user mode or virtual-8086 mode: the walk ends there */
};

/* Do the words at address have the shape of a trap frame (SDM vol. 3, 6.12.1): EIP in code, a CS of ring 0 or 3, EFLAGS
   whose fixed bits are right, and from ring 3 an SS of ring 3? Sets all but the trap's ebp. */
bool trap_shape(const struct view *view, uint32_t address, struct trap *trap);

/*
 * The trap whose stub stands at pc, with ESP and EBP as they are there. The stub's code up to its IRET tells where the
 * CPU's frame lies and where EBP was kept; code that gets to a RET first is no stub's.
 */
bool trap_of_stub(const struct view *view, uint32_t pc, uint32_t esp, uint32_t ebp, struct trap *trap);

/* The same; where the code cannot be followed so far, the first trap frame above esp that EBP ties to the stub, and that no other
   return address below it leads to. Between one from user mode and the base no call has left anything. */
bool trap_find(const struct view *view, uint32_t pc, uint32_t esp, uint32_t ebp, struct trap *trap);

/* A pusha image between from and to, known by the ESP in it: the EBP in it. */
bool trap_pusha_ebp(const struct view *view, uint32_t from, uint32_t to, uint32_t *ebp);

/* From user mode the CPU begins the stack anew, so that its words lie at the base, but for what the kernel keeps above them, as
   x86 Windows does the FPU's state. No call left anything there. True for a trap from kernel mode. */
bool trap_begins_stack(const struct view *view, const struct trap *trap);

/* The record is a stub's own: it pushed EBP first thing, so the trap frame lies right above, or above an error code and
   a vector. The stub stands at pc with esp; pc 0: not known. */
bool trap_above(const struct view *view, uint32_t pc, uint32_t esp, const struct record *record, struct trap *trap);

#endif
