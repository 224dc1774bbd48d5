/* Which of an ELF file's symbols are functions: one name for each address. */
#ifndef KMOD_HOST_FUNCTIONS_H
#define KMOD_HOST_FUNCTIONS_H

#include "elf.h"
#include "map.h"

struct functions {
    const struct elf_symbol **symbols; /* ascending by address, one at each */
    uint32_t *ends;                    /* of each the first byte behind it; 0: not known */
    unsigned count;
};

/*
 * Functions, and the labels of assembly code: not NASM's local ones (name.local), not those inside a function (labels.h),
 * not those of the linker script. Of several at one address the best known: a function rather than a label,
 * global rather than weak rather than local. map: 0 when there is none; then a linker script's symbols count as labels.
 */
void functions_find(struct functions *functions, const struct elf *elf, const struct map *map);
void functions_free(struct functions *functions);

/* The place in symbols of the first one at or behind address, or count. */
unsigned functions_from(const struct functions *functions, uint32_t address);

/*
 * The function that a cold piece was cut from: f for gcc's f.cold, which is jumped to and has f's frame. (f.part.0,
 * f.isra.0, f.constprop.0 and clang's f.cold.1 are called: functions of their own.) Static functions of one name are
 * told apart by object and source file. Its place in symbols, or count when symbol is no such piece, or unknown whose.
 */
unsigned functions_parent(const struct functions *functions, const struct elf *elf, const struct map *map,
                          const struct elf_symbol *symbol);

#endif
