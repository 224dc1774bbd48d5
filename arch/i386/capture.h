/* The crash, taken from the faulting task's TSS and the host's tables; or what ksg_report was given. */
#ifndef I386_CAPTURE_H
#define I386_CAPTURE_H

#include "cpu.h"

/* Fills in the CPU's crash from what the double-fault task found. */
void capture_crash(void *unused);

/* The same from its demand. */
void capture_demand(void *unused);

#endif
