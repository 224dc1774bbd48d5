/* The symbol table: opening it, finding a function in it, spelling a name. */
#include "symbols.h"

#include "crc.h"

_Static_assert(sizeof(struct symbols_header) == 48, "the table's layout");
_Static_assert(sizeof(struct symbols_group) == 112, "the table's layout");
_Static_assert(sizeof(struct symbols_range) == 12, "the table's layout");
_Static_assert(sizeof(struct symbols_piece) == 12, "the table's layout");
_Static_assert(SYMBOLS_GROUP == 32, "place_of searches 32 places");

/* The part of the table that has not been given out yet. */
struct rest {
    const uint8_t *bytes;
    uint32_t size;
};

/* Takes count entries of so many bytes off the rest; 0 when it has not as many. */
static const void *take(struct rest *rest, uint32_t count, uint32_t bytes)
{
    const uint8_t *taken = rest->bytes;

    if (!taken || count > rest->size / bytes) {
        rest->bytes = 0;
        return 0;
    }
    rest->bytes += count * bytes;
    rest->size -= count * bytes;
    return taken;
}

/* Its size is believable, and all of it below 4 GiB. */
static bool header_good(const struct symbols_header *header, uint32_t limit)
{
    return limit >= sizeof *header && header->magic == SYMBOLS_MAGIC && header->version == SYMBOLS_VERSION &&
           header->size >= sizeof *header && header->size <= limit && header->size <= SYMBOLS_SIZE_MOST &&
           header->size <= UINTPTR_MAX - (uintptr_t)header;
}

static bool checksum_good(const struct symbols_header *header)
{
    const uint8_t *checked = (const uint8_t *)&header->group_count;
    uint32_t before = (uint32_t)(checked - (const uint8_t *)header);

    return crc_bytes(0, checked, header->size - before) == header->crc;
}

static bool lay_out(struct symbols *symbols, const struct symbols_header *header)
{
    struct rest rest = {(const uint8_t *)(header + 1), header->size - (uint32_t)sizeof *header};

    if (header->group_count > UINT32_MAX / SYMBOLS_GROUP || header->token_count > SYMBOLS_TOKENS)
        return false;
    symbols->starts = take(&rest, header->group_count, sizeof *symbols->starts);
    symbols->groups = take(&rest, header->group_count, sizeof *symbols->groups);
    symbols->ranges = take(&rest, header->range_count, sizeof *symbols->ranges);
    symbols->pieces = take(&rest, header->piece_count, sizeof *symbols->pieces);
    symbols->modules = take(&rest, header->module_count, sizeof *symbols->modules);
    symbols->tokens = take(&rest, header->token_count + 1, sizeof *symbols->tokens);
    symbols->names = rest.bytes;
    symbols->names_size = rest.size;
    return rest.bytes != 0;
}

bool symbols_open(struct symbols *symbols, const void *table, uint32_t limit, bool check_crc)
{
    const struct symbols_header *header = table;

    symbols->group_count = symbols->range_count = symbols->piece_count = symbols->module_count = 0;
    symbols->token_count = symbols->names_size = symbols->step = 0;
    symbols->link = symbols->image_start = symbols->image_end = 0;
    if (!table || (uintptr_t)table % 4 != 0 || !header_good(header, limit))
        return false;
    if (check_crc && !checksum_good(header))
        return false;
    if (!lay_out(symbols, header)) {
        symbols->names_size = 0;
        return false;
    }
    symbols->group_count = header->group_count;
    symbols->range_count = header->range_count;
    symbols->piece_count = header->piece_count;
    symbols->module_count = header->module_count;
    symbols->token_count = header->token_count;
    symbols->link = header->link;
    symbols->image_start = header->image_start;
    symbols->image_end = header->image_end;
    for (uint32_t step = 1; step != 0 && step <= symbols->group_count; step <<= 1)
        symbols->step = step;
    return true;
}

bool symbols_none(const struct symbols_header *table)
{
    return table->magic == SYMBOLS_MAGIC && table->version == SYMBOLS_VERSION && table->size == 0;
}

bool symbols_range(const struct symbols *symbols, uint32_t address, struct symbols_range *range)
{
    const struct symbols_range *ranges = symbols->ranges;
    uint32_t first = 0;
    uint32_t count = symbols->range_count;

    while (count > 1) {
        uint32_t half = count / 2;

        if (ranges[first + half].start <= address)
            first += half;
        count -= half;
    }
    if (count == 0 || address < ranges[first].start || address >= ranges[first].end)
        return false;
    range->start = ranges[first].start;
    range->end = ranges[first].end;
    range->module = ranges[first].module;
    return true;
}

/*
 * The last group that starts at or before address, or the first group. The first comparison leaves step groups, which
 * is a power of 2 and at least half of all; from there each halves what is left. No number is taken from the table, so
 * none can lead outside it.
 */
static uint32_t group_of(const struct symbols *symbols, uint32_t address)
{
    const uint32_t *starts = symbols->starts;
    uint32_t step = symbols->step;
    uint32_t group = symbols->group_count - step;

    if (starts[group] > address)
        group = 0;
    while ((step >>= 1) != 0)
        if (starts[group + step] <= address)
            group += step;
    return group;
}

/* Which of a group's symbols is the last at or before distance from the group's start, or 0. */
static uint32_t place_of(const struct symbols_group *group, uint32_t distance)
{
    const uint16_t *offset = group->offsets;
    uint16_t wanted = distance < SYMBOLS_NONE ? (uint16_t)distance : SYMBOLS_NONE - 1;

    if (offset[16] <= wanted)
        offset += 16;
    if (offset[8] <= wanted)
        offset += 8;
    if (offset[4] <= wanted)
        offset += 4;
    if (offset[2] <= wanted)
        offset += 2;
    if (offset[1] <= wanted)
        offset += 1;
    return (uint32_t)(offset - group->offsets);
}

static const struct symbols_piece *piece_of(const struct symbols *symbols, uint32_t index)
{
    uint32_t first = symbols->groups[index / SYMBOLS_GROUP].piece;

    if (first == SYMBOLS_NONE)
        return 0;
    for (uint32_t i = first; i < symbols->piece_count && i < first + SYMBOLS_GROUP; i++)
        if (symbols->pieces[i].symbol == index)
            return &symbols->pieces[i];
    return 0;
}

/* Finds out where the function starts that a symbol of a group with pieces counts as. False: it has no name. Not inlined:
   few groups have any, and the search needs the registers. */
__attribute__((noinline)) static bool find_function(const struct symbols *symbols, struct symbol *symbol)
{
    const struct symbols_piece *piece = piece_of(symbols, symbol->index);
    uint32_t group;

    if (!piece)
        return true;
    group = piece->function / SYMBOLS_GROUP;
    if (group < symbols->group_count)
        symbol->function = symbols->starts[group] + symbols->groups[group].offsets[piece->function % SYMBOLS_GROUP];
    return piece->function != PIECE_NAMELESS;
}

bool symbols_find(const struct symbols *symbols, uint32_t address, struct symbol *symbol)
{
    const struct symbols_group *group;
    uint32_t number, place, start, end;

    if (symbols->group_count == 0)
        return false;
    number = group_of(symbols, address);
    group = &symbols->groups[number];
    start = symbols->starts[number];
    place = place_of(group, address - start);

    end = group->offsets[place + 1] == SYMBOLS_NONE ? group->end : start + group->offsets[place + 1];
    start += group->offsets[place];
    if (address < start || address >= end)
        return false;

    symbol->start = start;
    symbol->end = end;
    symbol->function = start;
    symbol->index = number * SYMBOLS_GROUP + place;
    symbol->module = group->module;
    return group->piece == SYMBOLS_NONE || find_function(symbols, symbol);
}

/* What the code at this place of names stands for: itself, or a token. */
static struct text text_of(const struct symbols *symbols, const uint8_t *code)
{
    bool is_character = *code >= ' ' && *code < 128;
    uint32_t token = (uint8_t)(*code - 128);
    uint32_t start, end;

    if (is_character)
        return (struct text){(const char *)code, 1};
    if (token >= symbols->token_count)
        return (struct text){0, 0};
    start = symbols->tokens[token];
    end = symbols->tokens[token + 1];
    if (start > end || end > symbols->names_size)
        return (struct text){0, 0};
    return (struct text){(const char *)&symbols->names[start], end - start};
}

/* Where in names the length of a symbol's name is; names_size when the table has none. */
static uint32_t name_at(const struct symbols *symbols, uint32_t index)
{
    const uint8_t *names = symbols->names;
    uint32_t size = symbols->names_size;
    uint32_t at;

    if (index / SYMBOLS_GROUP >= symbols->group_count)
        return size;
    at = symbols->groups[index / SYMBOLS_GROUP].names;
    for (uint32_t before = index % SYMBOLS_GROUP; before > 0 && at < size; before--)
        at += 1u + names[at];
    return at < size ? at : size;
}

/* Spells a symbol's name out; returns how long it is. */
static uint32_t spell(const struct symbols *symbols, uint32_t index, char room[SYMBOLS_NAME_LONGEST])
{
    uint32_t at = name_at(symbols, index);
    const uint8_t *code;
    uint32_t length = 0;

    if (at == symbols->names_size || symbols->names[at] >= symbols->names_size - at)
        return 0;
    code = &symbols->names[at];
    for (uint32_t codes = *code++; codes > 0; codes--, code++) {
        struct text text = text_of(symbols, code);

        for (uint32_t i = 0; i < text.length && length < SYMBOLS_NAME_LONGEST; i++)
            room[length++] = text.characters[i];
    }
    return length;
}

struct text symbols_name(const struct symbols *symbols, const struct symbol *symbol, uint32_t address, uint32_t *offset,
                         char room[SYMBOLS_NAME_LONGEST])
{
    const struct symbols_piece *piece = 0;
    uint32_t index = symbol->index;

    *offset = address - symbol->start;
    if (index / SYMBOLS_GROUP < symbols->group_count)
        piece = piece_of(symbols, index);
    if (piece && piece->offset != PIECE_OWN_NAME) {
        *offset += piece->offset;
        index = piece->function;
    }
    return (struct text){room, spell(symbols, index, room)};
}

struct text symbols_module(const struct symbols *symbols, uint32_t module)
{
    uint32_t size = symbols->names_size;
    uint32_t at;

    if (module >= symbols->module_count)
        return (struct text){0, 0};
    at = symbols->modules[module];
    if (at >= size || symbols->names[at] >= size - at)
        return (struct text){0, 0};
    return (struct text){(const char *)&symbols->names[at + 1], symbols->names[at]};
}
