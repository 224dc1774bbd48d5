/*
 * Reads ld.lld's map. Below its heading, which map_is_lld knows it by, each line has four numbers and, by its column,
 *
 *       VMA      LMA     Size Align Out     In      Symbol
 *    100000   100000       26    16 .text                            an output section
 *    100008   100008       17     4         a.o:(.text)              an input section in it
 *    100008   100008       17     1                 main             a symbol
 *    100026   100026        0     1         _etext = .               a statement of the linker script
 */
#include <stdlib.h>
#include <string.h>

#include "map_reader.h"

#define IN_COLUMN 8u /* behind where Out begins */
#define SYMBOL_COLUMN 16u

/* What lld made itself, of no object: constants that it merged, with any of their sections' names, and tables. */
static const char internal[] = "<internal>:(";

bool map_is_lld(const char *text)
{
    static const char *const columns[] = {"VMA", "LMA", "Size", "Align", "Out", "In", "Symbol"};

    for (unsigned i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        text += strspn(text, " ");
        if (strncmp(text, columns[i], strlen(columns[i])) != 0)
            return false;
        text += strlen(columns[i]);
    }
    return *text == '\n';
}

static bool next_number(char **rest, int base, uint32_t *number)
{
    char *start = *rest + strspn(*rest, " ");
    unsigned long long value = strtoull(start, rest, base);

    *number = (uint32_t)value;
    return *rest > start && **rest == ' ' && value <= UINT32_MAX;
}

/* "a.o:(.text)", "lib.a(a.o):(.text)" */
static void read_input(struct map_reader *reader, char *text, uint32_t address, uint32_t size)
{
    char *end = text + strlen(text) - 1;
    char *section = 0;

    for (char *found = strstr(text, ":("); found; found = strstr(found + 1, ":("))
        section = found;
    if (!section || *end != ')') {
        map_assignment(reader, text);
        return;
    }
    if (strncmp(text, internal, strlen(internal)) == 0)
        return;
    *end = 0;
    *section = 0;
    map_input(reader, section + strlen(":("), address, size, text);
}

void map_lld_line(struct map_reader *reader, char *line)
{
    uint32_t address, loaded_at, size, alignment;
    size_t column;

    if (!next_number(&line, 16, &address) || !next_number(&line, 16, &loaded_at) || !next_number(&line, 16, &size) ||
        !next_number(&line, 10, &alignment))
        return;
    line++; /* the blank before Out */
    column = strspn(line, " ");
    if (column >= SYMBOL_COLUMN || !line[column])
        return;
    if (column >= IN_COLUMN)
        read_input(reader, line + column, address, size);
    else if (!map_assignment(reader, line))
        map_output(reader, line, address, size);
}
