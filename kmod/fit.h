/* Does the code in memory fit the symbol table, or was that made from another build? */
#ifndef KMOD_FIT_H
#define KMOD_FIT_H

#include "memory.h"
#include "symbols.h"

/*
 * The table has a sum of a few bytes of each function, from its middle, in one byte. There, because what is patched at run
 * time is mostly a function's beginning, and few, so that a patch elsewhere in the function does not matter. One sum that
 * differs is a patch; several functions in a row that differ have moved.
 */
#define FIT_SIZE_LEAST 20u /* bytes: a smaller function has no sum, its middle being too near its beginning */
#define FIT_BYTES 8u
#define FIT_NO_SUM 0u      /* the function has none */

enum table_fit {
    FIT_EACH, /* not known: a name is used if the code that it names is there */
    FIT_ALL,
    FIT_NOT   /* the table is another build's */
};

/* Where in a function of so many bytes the bytes of its sum are. */
static inline uint32_t fit_place(uint32_t size)
{
    return size / 2;
}

/* The sum of FIT_BYTES bytes of code; never FIT_NO_SUM. */
uint8_t fit_sum(const uint8_t *bytes);

/*
 * Compares a table with the code, which is read offset bytes above where it was linked; with what a relocation changes in
 * it taken back. What cannot be read says nothing. Code apart from all other, of which nothing is there, may be loaded
 * later: it makes the answer FIT_EACH; but not if it holds link, the place that is certain to be there, unless that is 0.
 * Looks at no more than some 16,000 functions.
 */
enum table_fit fit_find(const struct symbols *symbols, struct memory *memory, uint32_t offset, uint32_t link);

/* Is the code there that the symbol of this index names? True when nothing speaks against it. */
bool fit_name(const struct symbols *symbols, struct memory *memory, uint32_t offset, uint32_t index);

#endif
