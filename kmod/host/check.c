/* Is the symbol table in a linked kernel that kernel's own? */
#include "check.h"

#include <inttypes.h>
#include <string.h>

#include "../symbols.h"
#include "allocate.h"
#include "elf.h"
#include "fail.h"
#include "functions.h"
#include "table.h"

/* The table's bytes, with all that follows them in their section. Aligned, as in memory, unlike in the file. */
static void *embedded_table(const struct elf *elf, uint32_t *size)
{
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        const struct elf_section *section = symbol->section;
        uint32_t offset;
        void *table;

        if (strcmp(symbol->name, "ksg_symbol_table") != 0 || !section || section->type == ELF_NOBITS)
            continue;
        offset = symbol->address - section->address;
        if (offset > section->size)
            continue;
        *size = section->size - offset;
        table = allocate(0, *size, 1);
        memcpy(table, elf->bytes + section->offset + offset, *size);
        return table;
    }
    fail(EXIT_REFUSED, "%s has no symbol table: there is no ksg_symbol_table in it", elf->path);
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

    table_spelling(symbol->name, spelling);
    return strlen(spelling) == name.length && memcmp(spelling, name.characters, name.length) == 0;
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
        struct symbol symbol;
        struct text name;
        uint32_t offset;
        bool found = false;

        if (distance == SYMBOLS_NONE)
            continue;
        if (!symbols_find(symbols, address, &symbol))
            fail(EXIT_REFUSED, "%s has a symbol table that cannot be searched for %08" PRIx32, elf->path, address);
        name = symbols_name(symbols, &symbol, address, &offset, room);
        while (next < elf->symbol_count && sorted[next]->address < address)
            next++;
        for (unsigned same = next; same < elf->symbol_count && sorted[same]->address == address; same++)
            found |= sorted[same]->section && elf_is_code(sorted[same]->section) && is_named(sorted[same], name);
        if (!found)
            fail(EXIT_REFUSED,
                 "%s has moved since its symbol table was made: %.*s is not at %08" PRIx32
                 " any more; place .ksg_symbols behind code and data",
                 elf->path, (int)name.length, name.characters, address);
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

void check_kernel(const char *path)
{
    struct elf elf;
    struct symbols symbols;
    uint32_t size;
    void *table;

    elf_read(&elf, path);
    table = embedded_table(&elf, &size);
    open_table(&symbols, &elf, table, size);
    check_table(&elf, &symbols);
    check_functions(&elf, &symbols);
    free(table);
    elf_free(&elf);
}
