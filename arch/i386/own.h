/* Where the module itself lies in memory. */
#ifndef I386_OWN_H
#define I386_OWN_H

#include "cpu.h"

#define OWN_RANGES 5

/* Its code, constants, data and zeros, and the structure of one CPU: so many ranges, until the next call. 0: it is not known. */
const struct ksg_range *own_ranges(const struct cpu *cpu);

#endif
