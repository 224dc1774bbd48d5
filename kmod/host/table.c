/* Builds a symbol table in memory. */
#include "table.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "../crc.h"
#include "allocate.h"
#include "extents.h"
#include "tokens.h"

#define NO_PIECE (PIECE_NAMELESS - 1)
#define NAMES_LONGEST 0x40000000u /* bytes: far above any kernel's, far below where sums would wrap */

struct source {
    uint32_t address, end; /* end: 0 when not known */
    unsigned number;   /* what table_symbol returned */
    uint32_t function; /* the number of the one that this is a piece of, PIECE_NAMELESS or NO_PIECE */
    uint32_t offset;
    struct coded name;
};

struct table {
    struct coded *modules;
    struct symbols_range *ranges;
    struct source *symbols;
    uint32_t *boundaries;
    uint32_t module_count, range_count, symbol_count, boundary_count;
    uint32_t number_count; /* the numbers of symbols lie below it */
    char error[SYMBOLS_NAME_LONGEST + 100];
};

/* What the table will consist of, part by part; the header has the counts. */
struct parts {
    struct symbols_header header;
    uint32_t *starts;
    struct symbols_group *groups;
    struct symbols_piece *pieces;
    uint32_t *modules;
    uint16_t tokens[SYMBOLS_TOKENS + 1];
    uint8_t *names;
    uint32_t names_size;
};

struct table *table_new(void)
{
    struct table *table = allocate(0, 1, sizeof *table);

    memset(table, 0, sizeof *table);
    return table;
}

void table_free(struct table *table)
{
    free(table->modules);
    free(table->ranges);
    free(table->symbols);
    free(table->boundaries);
    free(table);
}

const char *table_error(const struct table *table)
{
    return table->error;
}

void table_spelling(const char *name, char spelling[SYMBOLS_NAME_LONGEST + 1])
{
    static const char cut[] = "...";
    size_t length = strlen(name);
    size_t half = (SYMBOLS_NAME_LONGEST - strlen(cut)) / 2;
    size_t shown = length <= SYMBOLS_NAME_LONGEST ? length : 2 * half + strlen(cut);

    for (size_t i = 0; i < shown; i++) {
        char character = name[i < shown - half ? i : length - (shown - i)]; /* the two halves, or all */

        spelling[i] = character >= ' ' && character < 127 ? character : '?';
    }
    spelling[shown] = 0;
    if (shown < length)
        memcpy(spelling + half, cut, strlen(cut));
}

static struct coded coded_name(const char *name)
{
    char spelling[SYMBOLS_NAME_LONGEST + 1];
    struct coded coded;

    table_spelling(name, spelling);
    coded.length = (uint8_t)strlen(spelling);
    memcpy(coded.codes, spelling, coded.length);
    return coded;
}

unsigned table_module(struct table *table, const char *name)
{
    struct coded module = coded_name(name);

    for (uint32_t i = 0; i < table->module_count; i++)
        if (module.length == table->modules[i].length &&
            memcmp(module.codes, table->modules[i].codes, module.length) == 0)
            return i;
    table->modules = allocate_one_more(table->modules, table->module_count, sizeof *table->modules);
    table->modules[table->module_count] = module;
    return table->module_count++;
}

void table_range(struct table *table, uint32_t start, uint32_t end, unsigned module)
{
    table->ranges = allocate_one_more(table->ranges, table->range_count, sizeof *table->ranges);
    table->ranges[table->range_count++] = (struct symbols_range){start, end, module};
}

unsigned table_symbol(struct table *table, uint32_t address, const char *name)
{
    unsigned number = table->symbol_count++;

    table->symbols = allocate_one_more(table->symbols, number, sizeof *table->symbols);
    table->symbols[number] = (struct source){address, 0, number, NO_PIECE, 0, coded_name(name)};
    return number;
}

void table_piece(struct table *table, unsigned symbol, unsigned function, uint32_t offset)
{
    table->symbols[symbol].function = function;
    table->symbols[symbol].offset = offset;
}

void table_end(struct table *table, unsigned symbol, uint32_t end)
{
    table->symbols[symbol].end = end;
}

void table_boundary(struct table *table, uint32_t address)
{
    table->boundaries = allocate_one_more(table->boundaries, table->boundary_count, sizeof *table->boundaries);
    table->boundaries[table->boundary_count++] = address;
}

static int by_start(const void *left, const void *right)
{
    const struct symbols_range *a = left;
    const struct symbols_range *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

static int by_address(const void *left, const void *right)
{
    const struct source *a = left;
    const struct source *b = right;

    return (a->address > b->address) - (a->address < b->address);
}

/* Sorts the ranges and joins those that touch. */
static bool arrange_ranges(struct table *table)
{
    uint32_t kept = 0;

    if (table->range_count)
        qsort(table->ranges, table->range_count, sizeof *table->ranges, by_start);
    for (uint32_t i = 0; i < table->range_count; i++) {
        struct symbols_range range = table->ranges[i];
        struct symbols_range *last = kept ? &table->ranges[kept - 1] : 0;

        if (range.start >= range.end || range.module >= table->module_count || (last && range.start < last->end)) {
            snprintf(table->error, sizeof table->error, "the range %08" PRIx32 " to %08" PRIx32
                     " is empty, overlaps another or has no module", range.start, range.end);
            return false;
        }
        if (last && range.start == last->end && range.module == last->module)
            last->end = range.end;
        else
            table->ranges[kept++] = range;
    }
    table->range_count = kept;
    return true;
}

static bool symbol_error(struct table *table, const struct source *symbol, const char *what)
{
    snprintf(table->error, sizeof table->error, "%.*s at %08" PRIx32 " %s", symbol->name.length,
             (const char *)symbol->name.codes, symbol->address, what);
    return false;
}

/* Sorts the symbols, and looks whether each is in a range and alone at its address. */
static bool arrange_symbols(struct table *table)
{
    uint32_t range = 0;

    if (table->symbol_count)
        qsort(table->symbols, table->symbol_count, sizeof *table->symbols, by_address);
    for (uint32_t i = 0; i < table->symbol_count; i++) {
        const struct source *symbol = &table->symbols[i];

        while (range < table->range_count && symbol->address >= table->ranges[range].end)
            range++;
        if (range == table->range_count || symbol->address < table->ranges[range].start)
            return symbol_error(table, symbol, "is in no range of code");
        if (i > 0 && symbol[-1].address == symbol->address)
            return symbol_error(table, symbol, "is not the only symbol there");
    }
    return true;
}

static int by_number(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;

    return (*a > *b) - (*a < *b);
}

/* Symbols and boundaries by address, a symbol before a boundary. */
static struct extent *list_begins(const struct table *table, uint32_t *count)
{
    struct extent *begins = allocate(0, (size_t)table->symbol_count + table->boundary_count, sizeof *begins);
    uint32_t symbol = 0;
    uint32_t boundary = 0;

    if (table->boundary_count)
        qsort(table->boundaries, table->boundary_count, sizeof *table->boundaries, by_number);
    for (*count = 0; *count < table->symbol_count + table->boundary_count; ++*count) {
        const struct source *next = symbol < table->symbol_count ? &table->symbols[symbol] : 0;

        if (next && (boundary == table->boundary_count || next->address <= table->boundaries[boundary])) {
            begins[*count] = (struct extent){next->address, next->end, symbol++};
            continue;
        }
        begins[*count] = (struct extent){table->boundaries[boundary++], 0, EXTENT_NAMELESS};
    }
    return begins;
}

/* What lies where no symbol reaches, and what is left of a symbol behind one inside it, are entries of their own. */
static void settle_ends(struct table *table)
{
    uint32_t count, from = 0;
    struct extent *begins = list_begins(table, &count);
    struct extents extents = {0};
    struct source *settled;

    for (uint32_t i = 0; i < table->range_count; i++) {
        uint32_t to = from;

        while (from < count && begins[from].address < table->ranges[i].start)
            to = ++from;
        while (to < count && begins[to].address < table->ranges[i].end)
            to++;
        extents_add(&extents, begins + from, to - from, table->ranges[i].end);
        from = to;
    }
    settled = allocate(0, extents.count, sizeof *settled);
    for (uint32_t i = 0; i < extents.count; i++) {
        const struct extent *extent = &extents.list[i];
        const struct source *owner = extent->number == EXTENT_NAMELESS ? 0 : &table->symbols[extent->number];

        if (owner && owner->address == extent->address) {
            settled[i] = *owner;
            continue;
        }
        settled[i] = (struct source){.address = extent->address, .number = table->symbol_count + i};
        settled[i].function = owner ? owner->number : PIECE_NAMELESS;
        settled[i].offset = owner ? extent->address - owner->address : 0;
    }
    free(begins);
    extents_free(&extents);
    free(table->symbols);
    table->symbols = settled;
    table->number_count = table->symbol_count + extents.count;
    table->symbol_count = extents.count;
}

static void open_group(struct parts *parts, uint32_t start, const struct symbols_range *range)
{
    uint32_t group = parts->header.group_count++;

    parts->starts = allocate_one_more(parts->starts, group, sizeof *parts->starts);
    parts->groups = allocate_one_more(parts->groups, group, sizeof *parts->groups);
    parts->starts[group] = start;
    parts->groups[group] = (struct symbols_group){range->end, 0, (uint16_t)range->module, SYMBOLS_NONE, {0}, 0, {0}};
    memset(parts->groups[group].offsets, 0xff, sizeof parts->groups[group].offsets);
}

/* Deals the symbols into groups; index[number] is then the place of the symbol that has this number. */
static void fill_groups(const struct table *table, struct parts *parts, uint32_t *index)
{
    const struct symbols_range *range = table->ranges;
    const struct symbols_range *group_range = 0;
    uint32_t used = 0;

    for (uint32_t i = 0; i < table->symbol_count; i++) {
        const struct source *symbol = &table->symbols[i];
        uint32_t group;

        while (symbol->address >= range->end)
            range++;
        group = parts->header.group_count - 1;
        if (range != group_range || used == SYMBOLS_GROUP || symbol->address - parts->starts[group] >= SYMBOLS_NONE) {
            if (range == group_range)
                parts->groups[group].end = symbol->address;
            open_group(parts, symbol->address, range);
            group_range = range;
            group = parts->header.group_count - 1;
            used = 0;
        }
        index[symbol->number] = group * SYMBOLS_GROUP + used;
        parts->groups[group].offsets[used] = (uint16_t)(symbol->address - parts->starts[group]);
        used++;
    }
}

static void list_pieces(const struct table *table, struct parts *parts, const uint32_t *index)
{
    parts->pieces = allocate(0, table->symbol_count, sizeof *parts->pieces);
    for (uint32_t i = 0; i < table->symbol_count; i++) {
        const struct source *symbol = &table->symbols[i];
        uint32_t at = index[symbol->number];
        struct symbols_group *group = &parts->groups[at / SYMBOLS_GROUP];

        if (symbol->function == NO_PIECE)
            continue;
        if (group->piece == SYMBOLS_NONE)
            group->piece = (uint16_t)parts->header.piece_count;
        parts->pieces[parts->header.piece_count++] =
            (struct symbols_piece){at, symbol->function == PIECE_NAMELESS ? PIECE_NAMELESS : index[symbol->function],
                                   symbol->offset};
    }
}

static void add_name(struct parts *parts, const uint8_t *codes, uint8_t length)
{
    memcpy(parts->names + parts->names_size, codes, length);
    parts->names_size += length;
}

static void add_counted_name(struct parts *parts, const struct coded *name)
{
    parts->names[parts->names_size++] = name->length;
    add_name(parts, name->codes, name->length);
}

static void write_names(const struct table *table, struct parts *parts, const uint32_t *index)
{
    struct coded *names = allocate(0, table->symbol_count, sizeof *names);
    struct token tokens[SYMBOLS_TOKENS];

    for (uint32_t i = 0; i < table->symbol_count; i++)
        names[i] = table->symbols[i].name;
    parts->header.token_count = tokens_find(names, table->symbol_count, tokens);

    parts->names = allocate(0, SYMBOLS_TOKENS + table->symbol_count + table->module_count, sizeof *names);
    for (uint32_t i = 0; i < parts->header.token_count; i++) {
        add_name(parts, tokens[i].text, tokens[i].length);
        parts->tokens[i + 1] = (uint16_t)parts->names_size;
    }
    for (uint32_t i = 0; i < table->symbol_count; i++) {
        uint32_t at = index[table->symbols[i].number];

        if (at % SYMBOLS_GROUP == 0)
            parts->groups[at / SYMBOLS_GROUP].names = parts->names_size;
        add_counted_name(parts, &names[i]);
    }
    parts->modules = allocate(0, table->module_count, sizeof *parts->modules);
    for (uint32_t i = 0; i < table->module_count; i++) {
        parts->modules[i] = parts->names_size;
        add_counted_name(parts, &table->modules[i]);
    }
    free(names);
}

struct writer {
    uint8_t *bytes;
    uint32_t size;
};

static void put(struct writer *writer, const void *part, size_t size)
{
    writer->bytes = allocate(writer->bytes, writer->size + size, 1);
    if (size)
        memcpy(writer->bytes + writer->size, part, size);
    writer->size += (uint32_t)size;
}

static void *put_together(const struct table *table, struct parts *parts, uint32_t *size)
{
    struct symbols_header *header = &parts->header;
    struct writer writer = {0, 0};
    uint32_t checked = (uint32_t)((const char *)&header->group_count - (const char *)header);

    put(&writer, header, sizeof *header);
    put(&writer, parts->starts, header->group_count * sizeof *parts->starts);
    put(&writer, parts->groups, header->group_count * sizeof *parts->groups);
    put(&writer, table->ranges, header->range_count * sizeof *table->ranges);
    put(&writer, parts->pieces, header->piece_count * sizeof *parts->pieces);
    put(&writer, parts->modules, header->module_count * sizeof *parts->modules);
    put(&writer, parts->tokens, (header->token_count + 1) * sizeof *parts->tokens);
    put(&writer, parts->names, parts->names_size);
    header->size = *size = writer.size;
    header->crc = crc_bytes(0, writer.bytes + checked, writer.size - checked);
    memcpy(writer.bytes, header, sizeof *header);
    return writer.bytes;
}

/* Each module and symbol has at least a byte of names, so this bounds every count. */
static bool fits(struct table *table)
{
    uint32_t pieces = 0;

    for (uint32_t i = 0; i < table->symbol_count; i++)
        pieces += table->symbols[i].function != NO_PIECE;
    if (pieces < SYMBOLS_NONE && table->module_count <= UINT16_MAX + 1u &&
        table->symbol_count < NAMES_LONGEST / sizeof(struct coded))
        return true;
    snprintf(table->error, sizeof table->error, "%" PRIu32 " symbols, %" PRIu32 " pieces, %" PRIu32
             " modules are too many for a table", table->symbol_count, pieces, table->module_count);
    return false;
}

void *table_build(struct table *table, uint32_t *size)
{
    struct parts parts = {.header = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION}};
    uint32_t *index;
    void *built;

    if (!arrange_ranges(table) || !arrange_symbols(table))
        return 0;
    settle_ends(table);
    if (!fits(table))
        return 0;
    index = allocate(0, table->number_count, sizeof *index);
    fill_groups(table, &parts, index);
    list_pieces(table, &parts, index);
    write_names(table, &parts, index);
    parts.header.range_count = table->range_count;
    parts.header.module_count = table->module_count;
    built = put_together(table, &parts, size);
    free(index);
    free(parts.starts);
    free(parts.groups);
    free(parts.pieces);
    free(parts.modules);
    free(parts.names);
    return built;
}
