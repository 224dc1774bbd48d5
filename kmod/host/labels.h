/* Which labels of assembly code, whose sizes nobody told, begin a function, and which are inside of one. */
#ifndef KMOD_HOST_LABELS_H
#define KMOD_HOST_LABELS_H

#include <stdbool.h>

#include "elf.h"
#include "map.h"

/* A symbol of no type and no size. */
static inline bool label_is(const struct elf_symbol *symbol)
{
    return symbol->type == ELF_NOTYPE && symbol->size == 0;
}

/*
 * Finds the labels that only code before them in the same unsized function leads to: inner[i] is then true. symbols: all
 * that may begin a function, ascending by address, one at each. What is called begins a function; so does what code of
 * elsewhere jumps to, and what stands behind a return or jump, if nothing in front of it jumps there. Where the code in
 * front runs on into a label it is inside; but where that code may end there, in a call or hlt, or may be no code, a label
 * whose address is taken elsewhere begins one. Behind a return it is inside, too, where its code takes back from the stack
 * what the function has pushed: a fault in that is led on to it.
 */
void labels_find_inner(const struct elf *elf, const struct map *map, const struct elf_symbol *const *symbols,
                       unsigned count, bool *inner);

#endif
