/* The tasks that were left for the one that crashed. */
#ifndef I386_OUTER_H
#define I386_OUTER_H

#include "crash.h"
#include "descriptor.h"

/* Follows NT and the back links from the crashed task's TSS, as far as they lead to tasks that are busy: fills in
   crash->outer. Reads only what can be read, and not farther than that has room. */
void outer_find(const struct table_register *gdt, const struct tss *crashed, struct crash *crash);

#endif
