/* Writes a relocatable object (System V ABI, chapter 4). */
#include "object.h"

#include <string.h>

#include "allocate.h"
#include "elf.h"

struct header {
    uint8_t identity[16];
    uint16_t type, machine;
    uint32_t version, entry, segments, sections, flags;
    uint16_t size, segment_size, segment_count, section_size, section_count, section_names;
};

struct section {
    uint32_t name, type, flags, address, offset, size, link, info, alignment, entry_size;
};

struct symbol {
    uint32_t name, value, size;
    uint8_t info, other;
    uint16_t section;
};

/* A 0 in front of each name, and one behind the last: offset 0 is the empty name. */
static const char names[] = "\0.ksg_symbols\0.note.GNU-stack\0.symtab\0.strtab\0ksg_symbol_table";

enum {
    NAME_TABLE = 1,
    NAME_STACK = NAME_TABLE + sizeof ".ksg_symbols",
    NAME_SYMBOLS = NAME_STACK + sizeof ".note.GNU-stack",
    NAME_STRINGS = NAME_SYMBOLS + sizeof ".symtab",
    NAME_SYMBOL = NAME_STRINGS + sizeof ".strtab"
};

enum { SECTION_NONE, SECTION_TABLE, SECTION_STACK, SECTION_SYMBOLS, SECTION_STRINGS, SECTION_COUNT };

#define RELOCATABLE 1
#define MACHINE_386 3
#define CURRENT 1

void *object_build(const void *table, uint32_t table_size, size_t *size)
{
    struct header header = {
        .identity = {0x7f, 'E', 'L', 'F', 1, 1, CURRENT},
        .type = RELOCATABLE,
        .machine = MACHINE_386,
        .version = CURRENT,
        .sections = sizeof header,
        .size = sizeof header,
        .section_size = sizeof(struct section),
        .section_count = SECTION_COUNT,
        .section_names = SECTION_STRINGS,
    };
    struct symbol symbols[2] = {
        {0},
        {.name = NAME_SYMBOL, .size = table_size, .info = ELF_GLOBAL << 4 | ELF_OBJECT, .section = SECTION_TABLE},
    };
    uint32_t start = sizeof header + SECTION_COUNT * sizeof(struct section);
    uint32_t symbols_start = start + (table_size + 3) / 4 * 4;
    struct section sections[SECTION_COUNT] = {
        [SECTION_TABLE] = {.name = NAME_TABLE,
                           .type = ELF_PROGBITS,
                           .flags = ELF_ALLOC,
                           .offset = start,
                           .size = table_size,
                           .alignment = 4},
        [SECTION_STACK] = {.name = NAME_STACK, .type = ELF_PROGBITS, .offset = start, .alignment = 1},
        [SECTION_SYMBOLS] = {.name = NAME_SYMBOLS,
                             .type = ELF_SYMTAB,
                             .offset = symbols_start,
                             .size = sizeof symbols,
                             .link = SECTION_STRINGS,
                             .info = 1, /* the first global symbol */
                             .alignment = 4,
                             .entry_size = sizeof(struct symbol)},
        [SECTION_STRINGS] = {.name = NAME_STRINGS,
                             .type = ELF_STRTAB,
                             .offset = symbols_start + sizeof symbols,
                             .size = sizeof names,
                             .alignment = 1},
    };
    uint8_t *object;

    *size = symbols_start + sizeof symbols + sizeof names;
    object = allocate(0, *size, 1);
    memset(object, 0, *size);
    memcpy(object, &header, sizeof header);
    memcpy(object + sizeof header, sections, sizeof sections);
    memcpy(object + start, table, table_size);
    memcpy(object + symbols_start, symbols, sizeof symbols);
    memcpy(object + symbols_start + sizeof symbols, names, sizeof names);
    return object;
}
