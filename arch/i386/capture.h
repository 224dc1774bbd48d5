/* The crash, taken from the faulting task's TSS and the host's tables; or what ksg_report was given. */
#ifndef I386_CAPTURE_H
#define I386_CAPTURE_H

#include "cpu.h"

struct capture {
    struct table_register gdt, idt; /* the host's */
    uint32_t cr2, esp;              /* as the double-fault task found them */
};

/* Fills in the CPU's crash; argument is a struct capture. */
void capture_crash(void *argument);

/* The same for its demand; without an argument. */
void capture_demand(void *argument);

#endif
