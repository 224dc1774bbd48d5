/* A linker's map: what its readers (map_gnu.c, map_lld.c) find in it, checked against the ELF file. */
#include "map.h"

#include <string.h>

#include "allocate.h"
#include "fail.h"
#include "file.h"
#include "map_reader.h"

void map_wrong(const struct map_reader *reader)
{
    fail(EXIT_REFUSED, "%s is not the map of the link that made %s", reader->map->path, reader->elf->path);
}

void map_output(struct map_reader *reader, const char *name, uint32_t address, uint32_t size)
{
    reader->output = 0;
    reader->outputs++;
    for (unsigned i = 1; i < reader->elf->section_count; i++) {
        const struct elf_section *section = &reader->elf->sections[i];

        if (!elf_is_code(section) || strcmp(section->name, name) != 0)
            continue;
        if (section->address != address || section->size != size)
            map_wrong(reader);
        reader->output = section;
        reader->seen[i] = true;
    }
}

/* Of constants that were merged into another object's, GNU ld from 2.44 on tells the size that they had before. What it
   tells next stands where they really end. */
static void end_before(struct map_part *part, uint32_t address)
{
    if (part->end > address)
        part->end = address;
}

void map_input(struct map_reader *reader, const char *name, uint32_t address, uint32_t size, const char *object)
{
    const struct elf_section *output = reader->output;
    struct map *map = reader->map;
    struct map_part *last = map->part_count ? &map->parts[map->part_count - 1] : 0;
    uint32_t room;

    if (!output || size == 0)
        return;
    if (address < output->address || address - output->address > output->size)
        map_wrong(reader);
    room = output->size - (address - output->address);
    if (last && last->output == output) {
        if (address < last->start)
            map_wrong(reader);
        end_before(last, address);
    }
    map->parts = allocate_one_more(map->parts, map->part_count, sizeof *map->parts);
    map->parts[map->part_count++] =
        (struct map_part){address, address + (size < room ? size : room), name, object, output};
}

/* The "=" of an assignment in text, also "+=" and the like; not that of a comparison. */
static char *assignment_in(char *text)
{
    for (char *equals = strchr(text, '='); equals; equals = strchr(equals + 1, '='))
        if (equals > text && equals[1] != '=' && !strchr("=<>!", equals[-1]))
            return equals;
    return 0;
}

bool map_assignment(struct map_reader *reader, char *text)
{
    struct map *map = reader->map;
    char *end = assignment_in(text);
    char *start;

    if (!end)
        return false;
    while (end > text && strchr(" +-*/&|", end[-1]))
        end--;
    for (start = end; start > text && start[-1] != ' ' && start[-1] != '('; start--)
        ;
    *end = 0;
    map->assigned = allocate_one_more(map->assigned, map->assigned_count, sizeof *map->assigned);
    map->assigned[map->assigned_count++] = start;
    return true;
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

static void sort(struct map *map)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < map->part_count; i++)
        if (map->parts[i].start < map->parts[i].end)
            map->parts[kept++] = map->parts[i];
    map->part_count = kept;
    if (map->part_count)
        qsort(map->parts, map->part_count, sizeof *map->parts, by_start);
    if (map->assigned_count)
        qsort(map->assigned, map->assigned_count, sizeof *map->assigned, by_text);
}

/* Everything that the map says fits the ELF file. */
static void check(const struct map_reader *reader)
{
    const struct map *map = reader->map;

    if (reader->outputs == 0)
        fail(EXIT_REFUSED,
             "%s is not a map as GNU ld, gold or ld.lld writes it; link with one of these or leave --map out",
             map->path);
    for (unsigned i = 1; i < reader->elf->section_count; i++)
        if (elf_is_code(&reader->elf->sections[i]) && !reader->seen[i])
            map_wrong(reader);
    for (unsigned i = 1; i < map->part_count; i++)
        if (map->parts[i].start < map->parts[i - 1].end)
            map_wrong(reader);
}

void map_read(struct map *map, const char *path, const struct elf *elf)
{
    struct map_reader reader = {.map = map, .elf = elf};
    void (*read_line)(struct map_reader *, char *);
    size_t size;

    memset(map, 0, sizeof *map);
    map->path = path;
    map->text = file_read(path, &size);
    reader.seen = allocate(0, elf->section_count, sizeof *reader.seen);
    memset(reader.seen, 0, elf->section_count * sizeof *reader.seen);
    read_line = map_is_lld(map->text) ? map_lld_line : map_gnu_line;
    for (char *line = map->text; line;) {
        char *end = strchr(line, '\n');

        if (end)
            *end++ = 0;
        read_line(&reader, line);
        line = end;
    }
    sort(map);
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
