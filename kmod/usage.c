/* Who used the stack. */
#include "usage.h"

#define HASH_MULTIPLIER 0x9e3779b1u
#define HASH_SHIFT (32 - USAGE_TOLD_APART_BITS)

#define NO_USER USAGE_GAP /* of no frame */

/* The users met, each where its key's hash says or, where that is taken, behind it. */
struct users {
    enum usage_by by;
    uint32_t last; /* of the last frame */
    struct usage entries[USAGE_TOLD_APART];
    uint32_t count;
    struct usage others; /* all that were met when there was no more room */
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
    case ROW_ENTRY:
        return USAGE_ENTRY;
    default:
        break;
    }
    if (by == USAGE_BY_MODULE)
        return code_module(row->function);
    return row->function->named ? row->function->function : USAGE_UNKNOWN;
}

static bool counts(const struct row *row)
{
    return row->kind == ROW_FRAME || row->kind == ROW_BEFORE || row->kind == ROW_GAP || row->kind == ROW_REST ||
           row->kind == ROW_ENTRY;
}

/* The entry for key, made if need be; that of the others when there is no room for one more. An entry without bytes and
   frames is free. */
static struct usage *entry_for(struct users *users, uint32_t key)
{
    uint32_t place = key * HASH_MULTIPLIER >> HASH_SHIFT;

    for (uint32_t tried = 0; tried < USAGE_TOLD_APART; tried++, place = (place + 1) % USAGE_TOLD_APART) {
        struct usage *entry = &users->entries[place];
        bool is_free = !entry->bytes && !entry->frames;

        if (!is_free && entry->key != key)
            continue;
        if (!is_free)
            return entry;
        if (users->count == USAGE_TOLD_APART - 1) /* one stays free: a search that finds nothing ends there */
            break;
        users->count++;
        entry->key = key;
        return entry;
    }
    return &users->others;
}

static void begin(struct users *users, enum usage_by by)
{
    users->by = by;
    users->last = NO_USER;
    users->count = 0;
    users->others = (struct usage){USAGE_UNKNOWN, 0, 0, 0};
    for (uint32_t i = 0; i < USAGE_TOLD_APART; i++)
        users->entries[i].bytes = users->entries[i].frames = users->entries[i].entered = 0;
}

static void add(struct users *users, const struct row *row)
{
    bool is_frame = row->kind == ROW_FRAME;
    uint32_t key;
    struct usage *entry;

    if (!counts(row) || (row->bytes == 0 && !is_frame))
        return;
    key = key_of(row, users->by);
    entry = entry_for(users, key);
    entry->bytes += row->bytes;
    entry->frames += is_frame;
    entry->entered += is_frame && key != users->last;
    if (is_frame)
        users->last = key;
}

static void leave_out(struct usage_table *table, const struct usage *usage)
{
    table->others.bytes += usage->bytes;
    table->others.frames += usage->frames;
    table->others.entered += usage->entered;
    table->other_count++;
}

/* Puts the user in its place; what falls off the end joins the others. */
static void rank(struct usage_table *table, const struct usage *usage)
{
    struct usage moving = *usage;

    for (uint32_t i = 0; i < usage_count(table); i++)
        if (moving.bytes > table->entries[i].bytes) {
            struct usage displaced = table->entries[i];

            table->entries[i] = moving;
            moving = displaced;
        }
    if (table->count < USAGE_ENTRIES) {
        table->entries[table->count++] = moving;
        return;
    }
    leave_out(table, &moving);
}

/* Where not all could be told apart, one of the others may have as many bytes as all of them. */
static void put_in_order(const struct users *users, struct usage_table *table)
{
    table->count = 0;
    table->others = users->others;
    table->other_count = 0;
    table->cut = users->others.frames > 0 || users->others.bytes > 0;
    for (uint32_t i = 0; i < USAGE_TOLD_APART; i++) {
        const struct usage *usage = &users->entries[i];

        if (!usage->bytes && !usage->frames)
            continue;
        if (table->cut && usage->bytes < users->others.bytes)
            leave_out(table, usage);
        else
            rank(table, usage);
    }
}

void usage_find(struct walk_start *start, struct usage_totals *totals, struct usage_table *modules,
                struct usage_table *functions)
{
    static struct walk walk; /* the handler's stack is small */
    static struct users by_module, by_function;
    static struct row row;

    totals->bytes = totals->frames = 0;
    begin(&by_module, USAGE_BY_MODULE);
    begin(&by_function, USAGE_BY_FUNCTION);
    walk_begin_first(&walk, start);
    while (walk_next(&walk, &row)) {
        totals->bytes += row.bytes;
        totals->frames += row.kind == ROW_FRAME;
        add(&by_module, &row);
        add(&by_function, &row);
    }
    totals->end = walk.end;
    walk_cut(&walk, start);
    put_in_order(&by_module, modules);
    put_in_order(&by_function, functions);
}
