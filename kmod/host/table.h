/* Builds a symbol table (symbols.h) in memory, from modules, ranges of code and symbols. */
#ifndef KMOD_HOST_TABLE_H
#define KMOD_HOST_TABLE_H

#include <stdint.h>

#include "../symbols.h"

struct table;

struct table *table_new(void);
void table_free(struct table *table);

/* Each in any order. Names are copied, as table_spelling has them. The results are numbers to be given to the others;
   table_module gives a name that it knows already the same number. */
unsigned table_module(struct table *table, const char *name);
void table_range(struct table *table, uint32_t start, uint32_t end, unsigned module);
unsigned table_symbol(struct table *table, uint32_t address, const char *name);

/* Makes symbol a piece of function, printed as function's name + offset, or, with PIECE_OWN_NAME, as itself. */
void table_piece(struct table *table, unsigned symbol, unsigned function, uint32_t offset);

/* Where symbol ends: end is the first byte behind. What lies there is a part of the symbol around it, or has no name. A
   symbol without an end lasts until the next one begins, or the one around it ends. */
void table_end(struct table *table, unsigned symbol, uint32_t end);

/* No symbol lasts across address, but one whose end is behind it. */
void table_boundary(struct table *table, uint32_t address);

/*
 * The finished table, to be freed by the caller, and its size in bytes. Ranges that touch and belong to the same module
 * become one. 0 when ranges overlap, when a symbol is in no range or at another's address, or when there is more of
 * something than the format can hold; table_error says which, in a sentence without a full stop.
 */
void *table_build(struct table *table, uint32_t *size);
const char *table_error(const struct table *table);

/* How a table spells name: printable ASCII, at most SYMBOLS_NAME_LONGEST characters; of a longer one both ends, with
   "..." between. */
void table_spelling(const char *name, char spelling[SYMBOLS_NAME_LONGEST + 1]);

#endif
