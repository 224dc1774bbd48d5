/* Ties a symbol table to the kernel that it was made of. */
#ifndef KMOD_HOST_STAMP_H
#define KMOD_HOST_STAMP_H

#include "elf.h"

/* Fills in, in a table that table_build made, where the kernel was linked, and the sums of its code (fit.h). A function
   whose bytes the loader may change has none, nor one that looks like room for data. */
void stamp_table(void *table, uint32_t size, const struct elf *elf);

#endif
