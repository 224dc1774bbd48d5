/* Reads a linked 32-bit i386 ELF file. Every number of the file is checked against its size before it is used. */
#include "elf.h"

#include <string.h>

#include "allocate.h"
#include "fail.h"
#include "file.h"

/* The file's structures: sizes, and where their fields are. */
#define HEADER_SIZE 52u
#define HEADER_TYPE 16u
#define HEADER_MACHINE 18u
#define HEADER_SEGMENTS 28u
#define HEADER_SECTIONS 32u
#define HEADER_SEGMENT_SIZE 42u
#define HEADER_SEGMENT_COUNT 44u
#define HEADER_SECTION_SIZE 46u
#define HEADER_SECTION_COUNT 48u
#define HEADER_SECTION_NAMES 50u
#define SECTION_SIZE 40u
#define SEGMENT_SIZE 32u
#define SYMBOL_SIZE 16u

#define TYPE_RELOCATABLE 1u
#define TYPE_EXECUTABLE 2u
#define TYPE_SHARED 3u /* a position-independent executable as well */
#define TYPE_CORE 4u
#define MACHINE_386 3u
#define SEGMENT_LOAD 1u

/* Where a number of a section, or of sections, has 16 bits: from the first one on they mean something else, and the last
   one says that the number is elsewhere. */
#define FIRST_RESERVED_SECTION 0xff00u
#define SECTION_ELSEWHERE 0xffffu

static const char identity[] = "\177ELF\001\001"; /* 32 bits, little-endian */

static uint32_t half(const struct elf *elf, size_t at)
{
    return elf->bytes[at] | (uint32_t)elf->bytes[at + 1] << 8;
}

static uint32_t word(const struct elf *elf, size_t at)
{
    return half(elf, at) | half(elf, at + 2) << 16;
}

static bool in_file(const struct elf *elf, uint32_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset;
}

__attribute__((noreturn)) static void damaged(const struct elf *elf, const char *what)
{
    fail(EXIT_REFUSED, "%s is damaged: %s", elf->path, what);
}

/* The string at offset of a string table, which ends inside it. */
static const char *string(const struct elf *elf, const struct elf_section *table, uint32_t offset)
{
    const char *start = (const char *)elf->bytes + table->offset + offset;

    if (offset >= table->size || !memchr(start, 0, table->size - offset))
        damaged(elf, "a name lies outside its string table");
    return start;
}

static void check_header(const struct elf *elf)
{
    if (elf->size < sizeof identity - 1 || memcmp(elf->bytes, "\177ELF", 4) != 0)
        fail(EXIT_REFUSED, "%s is not an ELF file", elf->path);
    if (elf->size < HEADER_SIZE)
        damaged(elf, "its header is not complete");
    if (memcmp(elf->bytes, identity, sizeof identity - 1) != 0 || half(elf, HEADER_MACHINE) != MACHINE_386)
        fail(EXIT_REFUSED, "%s is not for the 32-bit i386", elf->path);
    if (half(elf, HEADER_TYPE) == TYPE_RELOCATABLE)
        fail(EXIT_REFUSED, "%s is not linked yet", elf->path);
    if (half(elf, HEADER_TYPE) == TYPE_CORE)
        fail(EXIT_REFUSED, "%s is a core dump and no kernel", elf->path);
    if (half(elf, HEADER_TYPE) != TYPE_EXECUTABLE && half(elf, HEADER_TYPE) != TYPE_SHARED)
        fail(EXIT_REFUSED, "%s is not a linked program", elf->path);
}

static void read_section(const struct elf *elf, struct elf_section *section, size_t at)
{
    section->type = word(elf, at + 4);
    section->flags = word(elf, at + 8);
    section->address = word(elf, at + 12);
    section->offset = word(elf, at + 16);
    section->size = word(elf, at + 20);
    section->link = word(elf, at + 24);
}

static void read_sections(struct elf *elf)
{
    uint32_t start = word(elf, HEADER_SECTIONS);
    uint32_t count = half(elf, HEADER_SECTION_COUNT);
    uint32_t names = half(elf, HEADER_SECTION_NAMES);
    struct elf_section first; /* which has no contents, but the numbers that are too large for the header */

    if (start == 0)
        fail(EXIT_REFUSED, "%s has no section headers, and without them nothing tells its code and symbols", elf->path);
    if (half(elf, HEADER_SECTION_SIZE) != SECTION_SIZE || !in_file(elf, start, SECTION_SIZE))
        damaged(elf, "its section headers are not complete");
    read_section(elf, &first, start);
    if (count == 0)
        count = first.size;
    if (names == SECTION_ELSEWHERE)
        names = first.link;
    if (!in_file(elf, start, (uint64_t)count * SECTION_SIZE))
        damaged(elf, "its section headers are not complete");
    elf->sections = allocate(0, count, sizeof *elf->sections);
    elf->section_count = count;
    for (unsigned i = 0; i < count; i++) {
        struct elf_section *section = &elf->sections[i];

        read_section(elf, section, start + (size_t)i * SECTION_SIZE);
        if (i > 0 && section->type != ELF_NOBITS && !in_file(elf, section->offset, section->size))
            damaged(elf, "a section lies outside it");
    }
    if (names >= count || elf->sections[names].type != ELF_STRTAB)
        damaged(elf, "its sections have no names");
    elf->sections[0].name = "";
    for (unsigned i = 1; i < count; i++)
        elf->sections[i].name = string(elf, &elf->sections[names], word(elf, start + (size_t)i * SECTION_SIZE));
}

static void read_segments(struct elf *elf)
{
    uint32_t start = word(elf, HEADER_SEGMENTS);
    unsigned count = half(elf, HEADER_SEGMENT_COUNT);

    if (count == 0)
        return;
    if (half(elf, HEADER_SEGMENT_SIZE) != SEGMENT_SIZE || !in_file(elf, start, (uint64_t)count * SEGMENT_SIZE))
        damaged(elf, "its program headers are not complete");
    elf->segments = allocate(0, count, sizeof *elf->segments);
    for (unsigned i = 0; i < count; i++) {
        size_t at = start + (size_t)i * SEGMENT_SIZE;

        if (word(elf, at) == SEGMENT_LOAD)
            elf->segments[elf->segment_count++] = (struct elf_segment){
                .offset = word(elf, at + 4),
                .address = word(elf, at + 8),
                .physical = word(elf, at + 12),
                .file_size = word(elf, at + 16),
            };
    }
}

/* A file of debug information has the code's sections, but not their contents. */
static void check_code(const struct elf *elf)
{
    bool left_out = false;

    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];

        if (elf_is_code(section))
            return;
        left_out |= section->type == ELF_NOBITS && section->size > 0 && (section->flags & ELF_EXECINSTR);
    }
    if (left_out)
        fail(EXIT_REFUSED, "%s has debug information only, its code was left out: give the kernel itself", elf->path);
    fail(EXIT_REFUSED, "%s has no code: none of its sections is both loaded and executable", elf->path);
}

static const struct elf_section *symbol_table(const struct elf *elf)
{
    for (unsigned i = 1; i < elf->section_count; i++)
        if (elf->sections[i].type == ELF_SYMTAB)
            return &elf->sections[i];
    fail(EXIT_REFUSED, "%s has no symbols: it was stripped, or linked with -s", elf->path);
}

/* The section numbers of the symbols for which 16 bits are not enough: a word for each symbol of the table; or 0. */
static const struct elf_section *wide_numbers(const struct elf *elf, const struct elf_section *table)
{
    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *numbers = &elf->sections[i];

        if (numbers->type == ELF_SYMTAB_SHNDX && numbers->link < elf->section_count &&
            &elf->sections[numbers->link] == table)
            return numbers;
    }
    return 0;
}

/* Where symbol number i, which stands at a place of the file, is: 0 for none, and where there is no section. */
static const struct elf_section *section_of(const struct elf *elf, const struct elf_section *wide, unsigned i, size_t at)
{
    uint32_t section = half(elf, at + 14);

    if (section == SECTION_ELSEWHERE) {
        if (!wide || i >= wide->size / 4)
            damaged(elf, "a symbol's section is not told");
        section = word(elf, wide->offset + (size_t)i * 4);
    } else if (section >= FIRST_RESERVED_SECTION) {
        section = 0;
    }
    if (section >= elf->section_count)
        damaged(elf, "a symbol is in a section that there is not");
    return section ? &elf->sections[section] : 0;
}

static void read_symbols(struct elf *elf)
{
    const struct elf_section *table = symbol_table(elf);
    const struct elf_section *wide = wide_numbers(elf, table);
    const struct elf_section *names;
    unsigned file = 0;

    if (table->link == 0 || table->link >= elf->section_count || elf->sections[table->link].type != ELF_STRTAB)
        damaged(elf, "its symbols have no names");
    names = &elf->sections[table->link];
    elf->symbol_count = table->size / SYMBOL_SIZE;
    elf->symbols = allocate(0, elf->symbol_count, sizeof *elf->symbols);
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        size_t at = table->offset + (size_t)i * SYMBOL_SIZE;
        struct elf_symbol *symbol = &elf->symbols[i];
        unsigned info = elf->bytes[at + 12];

        symbol->name = symbol->shown = string(elf, names, word(elf, at));
        symbol->address = word(elf, at + 4);
        symbol->size = word(elf, at + 8);
        symbol->binding = info >> 4;
        symbol->type = info & 15;
        symbol->section = section_of(elf, wide, i, at);
        if (symbol->type == ELF_FILE)
            file = i;
        symbol->file = symbol->binding == ELF_LOCAL ? file : 0;
    }
}

void elf_read(struct elf *elf, const char *path)
{
    memset(elf, 0, sizeof *elf);
    elf->path = path;
    elf->bytes = (const uint8_t *)file_read(path, &elf->size);
    check_header(elf);
    read_sections(elf);
    read_segments(elf);
    check_code(elf);
    read_symbols(elf);
}

void elf_free(struct elf *elf)
{
    free((void *)(uintptr_t)elf->bytes);
    free(elf->sections);
    free(elf->segments);
    free(elf->symbols);
}

bool elf_is_code(const struct elf_section *section)
{
    return section->type == ELF_PROGBITS && section->size > 0 && (section->flags & ELF_ALLOC) &&
           (section->flags & ELF_EXECINSTR);
}

const uint8_t *elf_code(const struct elf *elf, const struct elf_section *section, uint32_t address)
{
    return elf->bytes + section->offset + (address - section->address);
}

const struct elf_section *elf_section_at(const struct elf *elf, uint32_t address)
{
    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];

        if ((section->flags & ELF_ALLOC) && address - section->address < section->size)
            return section;
    }
    return 0;
}

unsigned elf_symbol_from(const struct elf_symbol *const *symbols, unsigned count, uint32_t address)
{
    unsigned from = 0;
    unsigned to = count;

    while (from < to) {
        unsigned middle = from + (to - from) / 2;

        if (symbols[middle]->address < address)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}
