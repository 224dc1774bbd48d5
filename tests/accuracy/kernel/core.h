/* The core file: what gdb needs to unwind a crashed stack, as an ELF file on the debug console. */
#ifndef ACCURACY_CORE_H
#define ACCURACY_CORE_H

#include "kernel.h"

/* Writes the registers of the task that faulted, and the stack's words. */
void core_write(const struct ksg_stack *stack);

#endif
