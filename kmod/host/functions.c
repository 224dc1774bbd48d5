/* Which of an ELF file's symbols are functions. */
#include "functions.h"

#include <string.h>

#include "allocate.h"
#include "fill.h"
#include "labels.h"

#define FILL_LONGEST 64u /* bytes: no compiler aligns functions to more */

static const char cold[] = ".cold";

static bool is_candidate(const struct elf_symbol *symbol, const struct map *map)
{
    bool is_label = symbol->type == ELF_NOTYPE;

    if ((!is_label && symbol->type != ELF_FUNC) || !symbol->name[0] || !symbol->section)
        return false;
    if (!elf_is_code(symbol->section) || symbol->address - symbol->section->address >= symbol->section->size)
        return false;
    if (is_label && strchr(symbol->name, '.'))
        return false;
    return !is_label || !map || !map_assigns(map, symbol->name);
}

/* The better known one is the smaller, and of two the one that knows its size. */
static unsigned obscurity(const struct elf_symbol *symbol)
{
    unsigned binding = symbol->binding == ELF_GLOBAL ? 0 : symbol->binding == ELF_WEAK ? 1 : 2;

    return 2 * ((symbol->type == ELF_FUNC ? 0 : 3) + binding) + (symbol->size == 0);
}

/* By address; the best known first; and then in the file's order, so that the same file gives the same table. */
static int by_address(const void *left, const void *right)
{
    const struct elf_symbol *a = *(const struct elf_symbol *const *)left;
    const struct elf_symbol *b = *(const struct elf_symbol *const *)right;

    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (obscurity(a) != obscurity(b))
        return obscurity(a) < obscurity(b) ? -1 : 1;
    return (a > b) - (a < b);
}

/* Where the symbol ends, as far as it says so. Fill behind it is its own: what runs there ran off its end. */
static uint32_t end_of(const struct elf *elf, const struct elf_symbol *symbol, const struct elf_symbol *next)
{
    const struct elf_section *section = symbol->section;
    uint32_t rest = section->size - (symbol->address - section->address);
    uint32_t size = symbol->size < rest ? symbol->size : rest;
    uint32_t room = next && next->section == section ? next->address - symbol->address : rest;

    if (size > 0 && size < room && room - size <= FILL_LONGEST &&
        fill_only(elf_code(elf, section, symbol->address + size), room - size, symbol->address + size))
        size = room;
    return size ? symbol->address + size : 0;
}

/* Leaves out what is inside of an unsized function. */
static void leave_inner_out(struct functions *functions, const struct elf *elf, const struct map *map)
{
    bool *inner = allocate(0, functions->count, sizeof *inner);
    unsigned kept = 0;

    labels_find_inner(elf, map, functions->symbols, functions->count, inner);
    for (unsigned i = 0; i < functions->count; i++)
        if (!inner[i])
            functions->symbols[kept++] = functions->symbols[i];
    functions->count = kept;
    free(inner);
}

void functions_find(struct functions *functions, const struct elf *elf, const struct map *map)
{
    const struct elf_symbol **symbols = allocate(0, elf->symbol_count, sizeof *symbols);
    unsigned candidates = 0;
    unsigned kept = 0;
    uint64_t function_end = 0; /* of the functions so far */

    for (unsigned i = 0; i < elf->symbol_count; i++)
        if (is_candidate(&elf->symbols[i], map))
            symbols[candidates++] = &elf->symbols[i];
    qsort(symbols, candidates, sizeof *symbols, by_address);
    for (unsigned i = 0; i < candidates; i++) {
        const struct elf_symbol *symbol = symbols[i];
        bool is_alias = kept > 0 && symbols[kept - 1]->address == symbol->address;
        bool is_inside = label_is(symbol) && symbol->address < function_end;

        if ((uint64_t)symbol->address + symbol->size > function_end)
            function_end = (uint64_t)symbol->address + symbol->size;
        if (!is_alias && !is_inside)
            symbols[kept++] = symbol;
    }
    functions->symbols = symbols;
    functions->count = kept;
    leave_inner_out(functions, elf, map);
    functions->ends = allocate(0, functions->count, sizeof *functions->ends);
    for (unsigned i = 0; i < functions->count; i++)
        functions->ends[i] = end_of(elf, symbols[i], i + 1 < functions->count ? symbols[i + 1] : 0);
}

void functions_free(struct functions *functions)
{
    free(functions->ends);
    free(functions->symbols);
}

unsigned functions_from(const struct functions *functions, uint32_t address)
{
    return elf_symbol_from((const struct elf_symbol *const *)functions->symbols, functions->count, address);
}

static const char *object_of(const struct elf_symbol *symbol, const struct map *map)
{
    const struct map_part *part = map ? map_part_at(map, symbol->address) : 0;

    return part ? part->object : "";
}

/* How close two symbols of one object stand: a source file in common, a name that only one can have, or neither: when
   objcopy made a global symbol local, it stands behind the wrong source file. */
static unsigned closeness(const struct elf_symbol *symbol, const struct elf_symbol *parent)
{
    if (parent->binding == ELF_LOCAL)
        return symbol->file == parent->file ? 3 : 1;
    return 2;
}

unsigned functions_parent(const struct functions *functions, const struct elf *elf, const struct map *map,
                          const struct elf_symbol *symbol)
{
    size_t length = strlen(symbol->name);
    const struct elf_symbol *best = 0;
    unsigned best_closeness = 0;
    bool several = false;

    if (length <= strlen(cold) || strcmp(symbol->name + length - strlen(cold), cold) != 0)
        return functions->count;
    length -= strlen(cold);
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *parent = &elf->symbols[i];
        unsigned close;

        if (strncmp(parent->name, symbol->name, length) != 0 || parent->name[length])
            continue;
        if (parent->type != ELF_FUNC || !is_candidate(parent, map))
            continue;
        if (strcmp(object_of(parent, map), object_of(symbol, map)) != 0)
            continue;
        close = closeness(symbol, parent);
        several = close == best_closeness || (several && close < best_closeness);
        if (close > best_closeness) {
            best = parent;
            best_closeness = close;
        }
    }
    return best && !several ? functions_from(functions, best->address) : functions->count;
}
