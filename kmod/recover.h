/* Recovery: the best chain of records that a stack holds, found from its words alone. */
#ifndef KMOD_RECOVER_H
#define KMOD_RECOVER_H

#include "record.h"

/*
 * One upward sweep over the words from floor to the base, in linear time and constant memory. A chain is complete when
 * it ends at a trap from user mode, a zero EBP or right below the base. Returns true and the lowest record of the
 * complete chain whose links are best verified, of at least least records; of equals, the one nearest to floor. callee:
 * where the function starts whose record the lowest one should be; 0: not known. False also when memory->work is done.
 */
bool recover_chain(const struct view *view, uint32_t floor, uint32_t callee, uint32_t least, struct record *head);

#endif
