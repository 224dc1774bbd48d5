/*
 * Reads GNU ld's map. The lines that matter, under its second heading:
 *
 *     .text           0x00100000       0x26             an output section
 *      .text          0x00100008       0x17 a.o         an input section in it
 *      .text.a_long_name                                a name of 15 characters and more stands alone,
 *                     0x00100020        0x6 a.o         and its numbers on the next line
 *                     0x00100026                        _etext = .
 *
 * What only looks like one of them: *fill*, patterns such as *(.text), statements such as LONG, symbols, LOAD.
 */
#include "map.h"

#include <string.h>

#include "allocate.h"
#include "fail.h"
#include "file.h"

static const char heading[] = "\nLinker script and memory map\n";

struct reader {
    struct map *map;
    const struct elf *elf;
    const struct elf_section *output; /* that the next input sections are in; 0: one without code */
    bool *seen;                       /* for each section of the ELF file: the map has it */
    char *name;                       /* that stood alone on the line before, or 0 */
    bool name_is_output;
};

__attribute__((noreturn)) static void wrong_map(const struct reader *reader)
{
    fail(EXIT_REFUSED, "%s is not the map of the link that made %s", reader->map->path, reader->elf->path);
}

static bool next_number(char **rest, uint32_t *number)
{
    char *start = *rest + strspn(*rest, " ");
    char *end;
    unsigned long long value;

    if (start[0] != '0' || start[1] != 'x')
        return false;
    value = strtoull(start, &end, 16);
    if (value > UINT32_MAX || (*end != ' ' && *end != 0))
        return false;
    *rest = end;
    *number = (uint32_t)value;
    return true;
}

static bool next_place(char **rest, uint32_t *address, uint32_t *size)
{
    return next_number(rest, address) && next_number(rest, size);
}

static void enter_output(struct reader *reader, const char *name, uint32_t address, uint32_t size)
{
    for (unsigned i = 1; i < reader->elf->section_count; i++) {
        const struct elf_section *section = &reader->elf->sections[i];

        if (!elf_is_code(section) || strcmp(section->name, name) != 0)
            continue;
        if (section->address != address || section->size != size)
            wrong_map(reader);
        reader->output = section;
        reader->seen[i] = true;
    }
}

static void add_part(struct reader *reader, const char *name, uint32_t address, uint32_t size, const char *object)
{
    const struct elf_section *output = reader->output;
    struct map *map = reader->map;

    if (!output || size == 0)
        return;
    if (address - output->address >= output->size || size > output->size - (address - output->address))
        wrong_map(reader);
    map->parts = allocate_one_more(map->parts, map->part_count, sizeof *map->parts);
    map->parts[map->part_count++] =
        (struct map_part){address, address + size, name, object + strspn(object, " "), output};
}

static void add_section(struct reader *reader, bool is_output, const char *name, uint32_t address, uint32_t size,
                        const char *object)
{
    if (is_output)
        enter_output(reader, name, address, size);
    else if (strcmp(name, "*fill*") != 0)
        add_part(reader, name, address, size, object);
}

/* "_etext = .", "PROVIDE (_etext = .)"; but not one that an object file defines itself. */
static void read_assignment(struct map *map, char *line)
{
    char *end = strstr(line, " = ");
    char *start = end;

    if (!end || strstr(line, "[!provide]"))
        return;
    while (start > line && start[-1] != ' ' && start[-1] != '(')
        start--;
    *end = 0;
    map->assigned = allocate_one_more(map->assigned, map->assigned_count, sizeof *map->assigned);
    map->assigned[map->assigned_count++] = start;
}

static void read_line(struct reader *reader, char *line)
{
    size_t indent = strspn(line, " ");
    char *word = line + indent;
    size_t length = strcspn(word, " ");
    char *rest = word + length;
    char *name = reader->name;
    uint32_t address, size;

    reader->name = 0;
    if (indent > 1) {
        if (name && next_place(&word, &address, &size))
            add_section(reader, reader->name_is_output, name, address, size, word);
        else
            read_assignment(reader->map, line);
        return;
    }
    if (indent == 0)
        reader->output = 0;
    if (next_place(&rest, &address, &size)) {
        word[length] = 0;
        add_section(reader, indent == 0, word, address, size, rest);
    } else if (*rest == 0 && length > 0 && !strpbrk(word, "*(")) {
        reader->name = word;
        reader->name_is_output = indent == 0;
    }
}

static int by_start(const void *left, const void *right)
{
    const struct map_part *a = left;
    const struct map_part *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Everything that the map says fits the ELF file. */
static void check(const struct reader *reader)
{
    const struct map *map = reader->map;

    for (unsigned i = 1; i < reader->elf->section_count; i++)
        if (elf_is_code(&reader->elf->sections[i]) && !reader->seen[i])
            wrong_map(reader);
    for (unsigned i = 1; i < map->part_count; i++)
        if (map->parts[i].start < map->parts[i - 1].end)
            wrong_map(reader);
}

void map_read(struct map *map, const char *path, const struct elf *elf)
{
    struct reader reader = {.map = map, .elf = elf};
    size_t size;
    char *line;

    memset(map, 0, sizeof *map);
    map->path = path;
    map->text = file_read(path, &size);
    reader.seen = allocate(0, elf->section_count, sizeof *reader.seen);
    memset(reader.seen, 0, elf->section_count * sizeof *reader.seen);
    line = strstr(map->text, heading);
    if (!line)
        fail(EXIT_REFUSED, "%s is not a map as GNU ld writes it", path);
    for (line += sizeof heading - 1; line;) {
        char *end = strchr(line, '\n');

        if (end)
            *end++ = 0;
        read_line(&reader, line);
        line = end;
    }
    if (map->part_count)
        qsort(map->parts, map->part_count, sizeof *map->parts, by_start);
    if (map->assigned_count)
        qsort(map->assigned, map->assigned_count, sizeof *map->assigned, by_text);
    check(&reader);
    free(reader.seen);
}

void map_free(struct map *map)
{
    free(map->text);
    free(map->parts);
    free(map->assigned);
}

const struct map_part *map_part_at(const struct map *map, uint32_t address)
{
    unsigned from = 0;
    unsigned to = map->part_count;

    while (from < to) {
        unsigned middle = from + (to - from) / 2;

        if (address >= map->parts[middle].end)
            from = middle + 1;
        else
            to = middle;
    }
    return from < map->part_count && address >= map->parts[from].start ? &map->parts[from] : 0;
}

bool map_assigns(const struct map *map, const char *symbol)
{
    return map->assigned_count &&
           bsearch(&symbol, map->assigned, map->assigned_count, sizeof *map->assigned, by_text) != 0;
}
