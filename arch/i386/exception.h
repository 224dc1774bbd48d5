/* Faults while the private IDT, or a borrowed one, is in force. */
#ifndef I386_EXCEPTION_H
#define I386_EXCEPTION_H

#include <stdint.h>

#include "crash.h"
#include "descriptor.h"

/* exception.asm. One stub for each exception, EXCEPTION_STUB_SIZE bytes apart. */
#define EXCEPTION_STUB_SIZE 16u
extern const uint8_t exception_stubs[], exception_debug[], exception_nmi[], exception_machine_check[], exception_stray[];
extern uint32_t exception_kept; /* for the host, a bit for each vector */

/* The gate to our handler of vector, through the given code segment. */
static inline struct descriptor exception_gate(uint32_t vector, uint32_t code_selector)
{
    uint32_t stub = (uint32_t)exception_stubs + vector * EXCEPTION_STUB_SIZE;

    if (vector == VECTOR_DB)
        stub = (uint32_t)exception_debug;
    if (vector == VECTOR_NMI)
        stub = (uint32_t)exception_nmi;
    return interrupt_gate(code_selector, stub);
}

/* What a stub leaves on the stack. */
struct exception_frame {
    uint32_t vector, error_code, eip, cs, eflags;
};

/* Any fault but peek's: leaves the innermost guard, or else the stage. */
_Noreturn void exception(const struct exception_frame *frame);

/* On the host's IDT again: raises there what was kept for it, each once, as the CPU would have had them wait. */
void exception_hand_over(void);

#endif
