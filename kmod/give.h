/* Giving a row: what it says and how many bytes it takes, and where the walk stands behind it. */
#ifndef KMOD_GIVE_H
#define KMOD_GIVE_H

#include "trap.h"
#include "walk.h"

/* There is a row: those that return a bool return true, as walk_next does. */

/* A row without bytes, named after where the walk stands. It stays there. */
bool give(struct walk *walk, struct row *row, enum row_kind kind);

/* Takes the bytes up to address into the row. */
void give_bytes(struct walk *walk, struct row *row, uint32_t address);

/* The row of a function whose record, or place of the return address, is found. The walk goes on behind it, with the
   function that its return address is in. */
bool give_frame(struct walk *walk, struct row *row, const struct function *function, const struct record *record,
                enum trust trust, enum evidence evidence);

/* The row of an interrupt stub, which repeats its callee's ChildEBP. The walk goes on with the function interrupted. */
bool give_stub(struct walk *walk, struct row *row, const struct function *function, const struct trap *trap);

/* The function was running, but where its frame is cannot be told. */
bool give_lost(struct walk *walk, struct row *row, const struct function *function);

/* The last row. */
bool give_rest(struct walk *walk, struct row *row, enum walk_end end);

#endif
