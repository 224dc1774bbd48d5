/* Who used the stack. */
#include "usage.h"

#define NO_USER USAGE_GAP /* of no frame */

/* The users of one pass, ascending by key. */
struct pass {
    struct usage entries[USAGE_ENTRIES];
    uint32_t count;
    bool more; /* users with higher keys were left to the next pass */
};

static uint32_t key_of(const struct row *row, enum usage_by by)
{
    switch (row->kind) {
    case ROW_BEFORE:
        return USAGE_BEFORE;
    case ROW_GAP:
        return USAGE_GAP;
    case ROW_REST:
        return USAGE_REST;
    default:
        break;
    }
    if (by == USAGE_BY_MODULE)
        return code_module(row->function);
    return row->function->named ? row->function->function : USAGE_UNKNOWN;
}

static bool counts(const struct row *row)
{
    return row->kind == ROW_FRAME || row->kind == ROW_BEFORE || row->kind == ROW_GAP || row->kind == ROW_REST;
}

/* The entry for key, made if need be. The pass keeps the lowest keys: one that was pushed out can not come back, since
   then only lower ones fit, so every entry that remains is complete. 0: key is left to the next pass. */
static struct usage *entry_for(struct pass *pass, uint32_t key)
{
    uint32_t place = pass->count;

    for (uint32_t i = 0; i < pass->count; i++) {
        if (pass->entries[i].key == key)
            return &pass->entries[i];
        if (pass->entries[i].key > key && place == pass->count)
            place = i;
    }
    if (pass->count == USAGE_ENTRIES) {
        pass->more = true;
        if (place == USAGE_ENTRIES)
            return 0;
    } else {
        pass->count++;
    }
    for (uint32_t i = pass->count - 1; i > place; i--)
        pass->entries[i] = pass->entries[i - 1];
    pass->entries[place] = (struct usage){key, 0, 0, 0};
    return &pass->entries[place];
}

/* Counts the users whose keys are from on and up, as many as fit. */
static void run_pass(const struct walk_start *start, enum usage_by by, uint32_t from, struct pass *pass)
{
    static struct walk walk;
    struct row row;
    uint32_t last = NO_USER;

    pass->count = 0;
    pass->more = false;
    walk_begin(&walk, start);
    while (walk_next(&walk, &row)) {
        uint32_t key;
        struct usage *entry;
        bool enters;

        if (!counts(&row))
            continue;
        key = key_of(&row, by);
        enters = row.kind == ROW_FRAME && key != last;
        if (enters)
            last = key;
        entry = key >= from ? entry_for(pass, key) : 0;
        if (!entry)
            continue;
        entry->bytes += row.bytes;
        entry->frames += row.kind == ROW_FRAME;
        entry->entered += enters;
    }
}

/* Puts the user in its place; what falls off the end joins the others. */
static void rank(struct usage_table *table, const struct usage *usage)
{
    struct usage moving = *usage;

    for (uint32_t i = 0; i < table->count; i++)
        if (moving.bytes > table->entries[i].bytes) {
            struct usage displaced = table->entries[i];

            table->entries[i] = moving;
            moving = displaced;
        }
    if (table->count < USAGE_ENTRIES) {
        table->entries[table->count++] = moving;
        return;
    }
    table->others.bytes += moving.bytes;
    table->others.frames += moving.frames;
    table->others.entered += moving.entered;
    table->other_count++;
}

void usage_count(const struct walk_start *start, enum usage_by by, struct usage_table *table)
{
    static struct pass pass;
    uint32_t from = 0;

    table->count = 0;
    table->other_count = 0;
    table->others = (struct usage){USAGE_UNKNOWN, 0, 0, 0};
    do {
        run_pass(start, by, from, &pass);
        for (uint32_t i = 0; i < pass.count; i++)
            rank(table, &pass.entries[i]);
        if (pass.more)
            from = pass.entries[pass.count - 1].key + 1;
    } while (pass.more);
}

void usage_total(const struct walk_start *start, struct usage_totals *totals)
{
    static struct walk walk;
    struct row row;

    totals->bytes = totals->frames = 0;
    walk_begin(&walk, start);
    while (walk_next(&walk, &row)) {
        totals->bytes += row.bytes;
        totals->frames += row.kind == ROW_FRAME;
    }
    totals->end = walk.end;
}
