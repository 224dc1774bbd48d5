/* Reads the map that a linker (GNU ld, gold, ld.lld) writes with -Map: of which object each part of the code is. */
#ifndef KMOD_HOST_MAP_H
#define KMOD_HOST_MAP_H

#include "elf.h"

/* An input section that was placed in an output section that holds code. */
struct map_part {
    uint32_t start, end;
    const char *section; /* .text.startup */
    const char *object;  /* build/x.o, or build/libx.a(x.o) */
    const struct elf_section *output;
};

struct map {
    const char *path;
    char *text;
    struct map_part *parts; /* in ascending order, disjoint, none empty */
    const char **assigned;  /* the symbols that the linker script defines */
    unsigned part_count, assigned_count;
};

/* Reads the map of the link that made elf. When that is not possible, or it is not that link's, the program ends with a
   sentence that says so. */
void map_read(struct map *map, const char *path, const struct elf *elf);
void map_free(struct map *map);

/* The part that holds the address, or 0. */
const struct map_part *map_part_at(const struct map *map, uint32_t address);

/* The linker script defines a symbol of this name. */
bool map_assigns(const struct map *map, const char *symbol);

#endif
