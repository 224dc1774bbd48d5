/* Between map.c and the readers of the linkers' formats, a line at a time. */
#ifndef KMOD_HOST_MAP_READER_H
#define KMOD_HOST_MAP_READER_H

#include "map.h"

struct map_reader {
    struct map *map;
    const struct elf *elf;
    const struct elf_section *output; /* that the next input sections are in; 0: one without code */
    bool *seen;                       /* for each section of the ELF file: the map has it */
    unsigned outputs;                 /* output sections so far */
    char *name;                       /* GNU: that stood alone on the line before, or 0 */
    bool name_is_output;
};

/* GNU ld's map, and gold's. */
void map_gnu_line(struct map_reader *reader, char *line);

/* ld.lld's map: is it one, and a line of it. */
bool map_is_lld(const char *text);
void map_lld_line(struct map_reader *reader, char *line);

/* What the readers find: an output section; an input section in it; text that assigns a symbol, or false. The text is
   kept, and cut behind the symbol. */
void map_output(struct map_reader *reader, const char *name, uint32_t address, uint32_t size);
void map_input(struct map_reader *reader, const char *name, uint32_t address, uint32_t size, const char *object);
bool map_assignment(struct map_reader *reader, char *text);

/* The map is not of the link that made the ELF file: ends the program. */
__attribute__((noreturn)) void map_wrong(const struct map_reader *reader);

#endif
