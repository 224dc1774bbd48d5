/* Does the code in memory fit the symbol table? */
#include "fit.h"

#include "facts.h"

#define AROUND 3u         /* bytes, on either side: a word that is relocated may begin before the bytes of the sum */
#define READ (AROUND + FIT_BYTES + AROUND)
#define ROW 3u            /* functions in a row that differ: no patch does that */
#define APART 0x1000u     /* bytes between code that lies apart */
#define GROUPS_MOST 512u

enum answer {
    SAYS_NOTHING,
    FITS,
    DIFFERS
};

uint8_t fit_sum(const uint8_t *bytes)
{
    uint32_t words[FIT_BYTES / 4];

    __builtin_memcpy(words, bytes, sizeof words);
    return (uint8_t)((facts_sum(words, FIT_BYTES / 4) >> 8) % 255 + 1);
}

/* Takes back what was added to each word that was an address of the kernel's. It may have been moved without that, by page
   tables. */
static void relocate_back(const struct symbols *symbols, uint32_t offset, uint8_t bytes[READ])
{
    for (uint32_t at = 0; offset != 0 && at < AROUND + FIT_BYTES;) {
        uint32_t word = memory_load(bytes + at) - offset;
        bool is_address = word - symbols->image_start < symbols->image_end - symbols->image_start;

        if (is_address)
            __builtin_memcpy(bytes + at, &word, sizeof word);
        at += is_address ? (uint32_t)sizeof word : 1;
    }
}

static enum answer ask(const struct symbols *symbols, struct memory *memory, uint32_t offset, uint32_t index)
{
    uint32_t number = index / SYMBOLS_GROUP, place = index % SYMBOLS_GROUP;
    const struct symbols_group *group = &symbols->groups[number];
    uint32_t next = group->offsets[place + 1];
    uint32_t start = symbols->starts[number] + group->offsets[place];
    uint32_t end = next == SYMBOLS_NONE ? group->end : symbols->starts[number] + next;
    uint8_t bytes[READ];

    if (group->offsets[place] == SYMBOLS_NONE || group->sums[place] == FIT_NO_SUM || end - start < FIT_SIZE_LEAST)
        return SAYS_NOTHING;
    if (memory_code(memory, start + offset + fit_place(end - start) - AROUND, bytes, READ) != READ)
        return SAYS_NOTHING;
    if (fit_sum(bytes + AROUND) == group->sums[place])
        return FITS;
    relocate_back(symbols, offset, bytes);
    return fit_sum(bytes + AROUND) == group->sums[place] ? FITS : DIFFERS;
}

/* Code that lies together. */
struct stretch {
    bool holds_link;
    uint32_t fit, differ;
    uint32_t row, longest_row; /* that differ */
};

static void count(struct stretch *stretch, enum answer answer)
{
    if (answer == SAYS_NOTHING)
        return;
    stretch->fit += answer == FITS;
    stretch->differ += answer == DIFFERS;
    stretch->row = answer == DIFFERS ? stretch->row + 1 : 0;
    if (stretch->row > stretch->longest_row)
        stretch->longest_row = stretch->row;
}

static bool has_moved(const struct stretch *stretch)
{
    if (stretch->fit == 0)
        return stretch->differ > 0 && stretch->holds_link;
    return stretch->longest_row >= ROW;
}

enum table_fit fit_find(const struct symbols *symbols, struct memory *memory, uint32_t offset, uint32_t link)
{
    uint32_t step = symbols->group_count / GROUPS_MOST + 1;
    struct stretch stretch = {false, 0, 0, 0, 0};
    uint32_t fit = 0, differ = 0;
    bool moved = false;

    for (uint32_t i = 0; i < symbols->group_count; i++) {
        if (i > 0 && symbols->starts[i] - symbols->groups[i - 1].end >= APART) {
            moved |= has_moved(&stretch);
            stretch = (struct stretch){false, 0, 0, 0, 0};
        }
        if (link - symbols->starts[i] < symbols->groups[i].end - symbols->starts[i])
            stretch.holds_link = true;
        for (uint32_t place = 0; i % step == 0 && place < SYMBOLS_GROUP; place++) {
            enum answer answer = ask(symbols, memory, offset, i * SYMBOLS_GROUP + place);

            fit += answer == FITS;
            differ += answer == DIFFERS;
            count(&stretch, answer);
        }
    }
    if (moved || has_moved(&stretch) || (differ > 0 && fit == 0))
        return FIT_NOT;
    return differ == 0 && fit > 0 ? FIT_ALL : FIT_EACH;
}

bool fit_name(const struct symbols *symbols, struct memory *memory, uint32_t offset, uint32_t index)
{
    uint32_t first = index - index % SYMBOLS_GROUP;
    enum answer answer;

    if (index / SYMBOLS_GROUP >= symbols->group_count)
        return false;
    answer = ask(symbols, memory, offset, index);
    for (uint32_t before = index; answer == SAYS_NOTHING && before-- > first;)
        answer = ask(symbols, memory, offset, before);
    for (uint32_t behind = index + 1; answer == SAYS_NOTHING && behind < first + SYMBOLS_GROUP; behind++)
        answer = ask(symbols, memory, offset, behind);
    return answer != DIFFERS;
}
