/* When EBP does not lead on: the chain is recovered, or the walk ends and says why. */
#ifndef KMOD_MEND_H
#define KMOD_MEND_H

#include "walk.h"

#define LEAST_AFTER_ZERO 3 /* records that make a chain above a zero EBP more likely than the end of the stack */
#define LEAST_AFTER_BREAK 2

/* The chain goes on at walk->head, and the function that it belongs to is not known. */
bool mend_gap(struct walk *walk, struct row *row);

/* The chain is broken. Recovers it or ends. known: the frame that is missing is the running function's. */
bool mend_chain(struct walk *walk, struct row *row, bool known, enum walk_end end, uint32_t least);

/* Why EBP leads nowhere, or to a record that is none. */
enum walk_end mend_end(const struct walk *walk);

#endif
