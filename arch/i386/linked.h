/* How the embedded symbol table fits the kernel as it lies in memory: found out at installation, and kept. */
#ifndef I386_LINKED_H
#define I386_LINKED_H

#include "machine.h"

/* Finds it out. Needs what peek needs. KSG_OK, also without a table, KSG_BAD_SYMBOLS or KSG_OTHER_BUILD. */
int linked_look(void);

/* The same as it was found out, if the table is still that one; each call sums some more of it, so that damage is found after
   a while. Needs what peek needs. */
int linked_verify(void);

/* What the report has to know of it. */
void linked_tell(struct machine *machine);

#endif
