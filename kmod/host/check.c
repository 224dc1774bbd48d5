/* Is the symbol table in a linked kernel that kernel's own? */
#include "check.h"

#include <inttypes.h>
#include <string.h>

#include "../symbols.h"
#include "allocate.h"
#include "demangle.h"
#include "elf.h"
#include "fail.h"
#include "functions.h"
#include "placed.h"
#include "table.h"

static const struct elf_symbol *table_symbol_of(const struct elf *elf)
{
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        const struct elf_section *section = symbol->section;

        if (strcmp(symbol->name, "ksg_symbol_table") != 0 || !section ||
            symbol->address - section->address > section->size)
            continue;
        if (section->type == ELF_NOBITS)
            fail(EXIT_REFUSED, "%s has its symbol table in %s, which has no contents: is it marked NOLOAD, or part of bss",
                 elf->path, section->name);
        return symbol;
    }
    fail(EXIT_REFUSED, "%s has no symbol table: there is no ksg_symbol_table in it", elf->path);
}

/* The table's bytes, with all that follows them in their section. Aligned, as in memory, unlike in the file. */
static void *embedded_table(const struct elf *elf, const struct elf_symbol *symbol, uint32_t *size)
{
    uint32_t offset = symbol->address - symbol->section->address;
    void *table;

    *size = symbol->section->size - offset;
    table = allocate(0, *size, 1);
    memcpy(table, elf->bytes + symbol->section->offset + offset, *size);
    return table;
}

static void open_table(struct symbols *symbols, const struct elf *elf, const void *table, uint32_t size)
{
    const struct symbols_header *header = table;

    if (symbols_open(symbols, table, size, true))
        return;
    if (size >= sizeof *header && header->magic == SYMBOLS_MAGIC && header->size == 0)
        fail(EXIT_REFUSED, "%s has the empty symbol table: it was linked without the object that ksgsym makes",
             elf->path);
    fail(EXIT_REFUSED, "%s has a symbol table that is damaged or of another version", elf->path);
}

static int by_address(const void *left, const void *right)
{
    const struct elf_symbol *a = *(const struct elf_symbol *const *)left;
    const struct elf_symbol *b = *(const struct elf_symbol *const *)right;

    return (a->address > b->address) - (a->address < b->address);
}

static const struct elf_symbol **sorted_symbols(const struct elf *elf)
{
    const struct elf_symbol **sorted = allocate(0, elf->symbol_count, sizeof *sorted);

    for (unsigned i = 0; i < elf->symbol_count; i++)
        sorted[i] = &elf->symbols[i];
    if (elf->symbol_count)
        qsort(sorted, elf->symbol_count, sizeof *sorted, by_address);
    return sorted;
}

static bool is_named(const struct elf_symbol *symbol, struct text name)
{
    char spelling[SYMBOLS_NAME_LONGEST + 1];

    table_spelling(symbol->shown, spelling);
    return strlen(spelling) == name.length && memcmp(spelling, name.characters, name.length) == 0;
}

static bool is_function_named(const struct elf_symbol *symbol, struct text name)
{
    return symbol->section && elf_is_code(symbol->section) && is_named(symbol, name);
}

/* The table has name at address, and the ELF file has not. Why? */
__attribute__((noreturn)) static void not_there(const struct elf *elf, const struct symbols *symbols, struct text name,
                                                uint32_t address, const struct elf_symbol *instead)
{
    const struct elf_symbol *elsewhere = 0;
    bool has_local = false;

    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        struct symbol known;

        has_local |= symbol->binding == ELF_LOCAL && symbol->section && elf_is_code(symbol->section) && symbol->name[0];
        if (is_function_named(symbol, name) &&
            (!symbols_find(symbols, symbol->address, &known) || known.start != symbol->address))
            elsewhere = symbol;
    }
    if (elsewhere)
        fail(EXIT_REFUSED,
             "%s has moved since its symbol table was made: %.*s is at %08" PRIx32 ", not at %08" PRIx32
             " any more; place .ksg_symbols behind code and data",
             elf->path, (int)name.length, name.characters, elsewhere->address, address);
    if (instead && (strncmp(instead->name, "_Z", 2) == 0 || strncmp(instead->name, "_R", 2) == 0))
        fail(EXIT_REFUSED,
             "%s has the name %s at %08" PRIx32 ", and its symbol table has %.*s there: check it with --demangle if the"
             " table was made with it, and only then",
             elf->path, instead->shown, address, (int)name.length, name.characters);
    if (!has_local)
        fail(EXIT_REFUSED,
             "%s has no names of local functions, as after strip -x, so its symbol table cannot be checked, which has %.*s"
             " at %08" PRIx32 ": check the kernel before it is stripped",
             elf->path, (int)name.length, name.characters, address);
    fail(EXIT_REFUSED,
         "%s has the symbol table of another link: %.*s, there at %08" PRIx32 ", is not among its own symbols",
         elf->path, (int)name.length, name.characters, address);
}

/* No symbol begins there: another one ends, or goes on. */
static bool begins_nothing(const struct symbols *symbols, uint32_t index)
{
    uint32_t first = symbols->groups[index / SYMBOLS_GROUP].piece;

    if (first == SYMBOLS_NONE)
        return false;
    for (uint32_t i = first; i < symbols->piece_count && i - first < SYMBOLS_GROUP; i++)
        if (symbols->pieces[i].symbol == index)
            return symbols->pieces[i].offset != PIECE_OWN_NAME;
    return false;
}

/* Each function of the table, in ascending order, has its name in the ELF file at the same address. */
static void check_table(const struct elf *elf, const struct symbols *symbols)
{
    const struct elf_symbol **sorted = sorted_symbols(elf);
    char room[SYMBOLS_NAME_LONGEST];
    unsigned next = 0;

    for (uint32_t i = 0; i < symbols->group_count * SYMBOLS_GROUP; i++) {
        uint16_t distance = symbols->groups[i / SYMBOLS_GROUP].offsets[i % SYMBOLS_GROUP];
        uint32_t address = symbols->starts[i / SYMBOLS_GROUP] + distance;
        const struct elf_symbol *instead = 0;
        struct symbol symbol;
        struct text name;
        uint32_t offset;
        bool found = false;

        if (distance == SYMBOLS_NONE || begins_nothing(symbols, i))
            continue;
        if (!symbols_find(symbols, address, &symbol))
            fail(EXIT_REFUSED, "%s has a symbol table that cannot be searched for %08" PRIx32, elf->path, address);
        name = symbols_name(symbols, &symbol, address, &offset, room);
        while (next < elf->symbol_count && sorted[next]->address < address)
            next++;
        for (unsigned same = next; same < elf->symbol_count && sorted[same]->address == address; same++) {
            found |= is_function_named(sorted[same], name);
            if (sorted[same]->type == ELF_FUNC)
                instead = sorted[same];
        }
        if (!found)
            not_there(elf, symbols, name, address, instead);
    }
    free(sorted);
}

/* Each function of the ELF file is in the table. Labels are left out: which of them the linker script defines, and
   which stand among data, only the map knew. */
static void check_functions(const struct elf *elf, const struct symbols *symbols)
{
    struct functions functions;

    functions_find(&functions, elf, 0);
    for (unsigned i = 0; i < functions.count; i++) {
        const struct elf_symbol *function = functions.symbols[i];
        struct symbol symbol;

        if (function->type != ELF_FUNC)
            continue;
        if (!symbols_find(symbols, function->address, &symbol) || symbol.start != function->address)
            fail(EXIT_REFUSED, "%s has the symbol table of another link: %s at %08" PRIx32 " is missing in it",
                 elf->path, function->name, function->address);
    }
    functions_free(&functions);
}

void check_kernel(const char *path, const char *demangler, const char *image)
{
    const struct elf_symbol *symbol;
    struct demangled demangled = {0};
    struct symbols symbols;
    struct elf elf;
    uint32_t size;
    void *table;

    elf_read(&elf, path);
    if (demangler)
        demangle(&demangled, &elf, demangler);
    symbol = table_symbol_of(&elf);
    table = embedded_table(&elf, symbol, &size);
    open_table(&symbols, &elf, table, size);
    check_table(&elf, &symbols);
    check_functions(&elf, &symbols);
    placed_check(&elf, symbol->section, symbol->address, ((const struct symbols_header *)table)->size, image);
    free(table);
    demangle_free(&demangled);
    elf_free(&elf);
}
