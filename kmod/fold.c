/* Folding: recursion is shown once and counted. */
#include "fold.h"

_Static_assert(FOLD_WINDOW > FOLD_LEAST * FOLD_LONGEST && !(FOLD_WINDOW & (FOLD_WINDOW - 1)),
               "the window holds all turns");

#define WORK 0x140000u /* pairs of rows compared, and work as memory.h counts it */

#define NEVER UINT32_MAX

/* Rows of the same signature are likely to be the same. */
static uint32_t signature(const struct row *row)
{
    return row->pc ^ (row->bytes << 16 | row->bytes >> 16) ^ (uint32_t)row->kind << 29 ^ (uint32_t)row->trust << 26;
}

/* Rows that look alike, and that are followed by such, are likely to be turns of a cycle; then they are compared in full. */
static uint32_t both(uint32_t signature, uint32_t next)
{
    return (signature << 5 | signature >> 27) ^ next;
}

static void add(struct fold *fold, uint32_t sign)
{
    uint32_t number = fold->first + fold->count;
    uint32_t *newest = &fold->newest[(sign ^ sign >> 6 ^ sign >> 12) % FOLD_LISTS];

    fold->window[number % FOLD_WINDOW] = sign;
    fold->alike[number % FOLD_WINDOW] = number; /* itself: it is the last of its list */
    if (*newest - fold->first < fold->count)
        fold->alike[*newest % FOLD_WINDOW] = number;
    *newest = number;
    fold->count++;
}

static void look_ahead(struct fold *fold)
{
    static struct row row; /* the handler's stack is small, and one fold goes on at a time: so too below */

    while (fold->count < FOLD_WINDOW && fold->more) {
        uint32_t before = fold->seen;

        fold->more = walk_next(&fold->ahead, &row);
        fold->seen = fold->more ? signature(&row) : 0;
        if (fold->begun)
            add(fold, both(before, fold->seen));
        fold->begun = true;
    }
}

static void look_from_next(struct fold *fold)
{
    fold->ahead = fold->next;
    fold->count = 0;
    fold->more = true;
    fold->begun = false;
}

void fold_begin(struct fold *fold, const struct walk_start *start, const struct fold_summary *summary)
{
    walk_begin(&fold->next, start);
    fold->nothing = summary && summary->bytes == 0;
    fold->first = 0;
    look_from_next(fold);
    for (unsigned i = 0; i < FOLD_LISTS; i++)
        fold->newest[i] = UINT32_MAX; /* none */
    fold->left = 0;
    fold->skip = false;
    fold->work = WORK;
}

static uint32_t signature_at(const struct fold *fold, uint32_t index)
{
    return fold->window[(fold->first + index) % FOLD_WINDOW];
}

/* How many rows on one like the first comes again, behind the one that does after so many; NEVER: it does not. */
static uint32_t next_like_first(const struct fold *fold, uint32_t after)
{
    uint32_t wanted = signature_at(fold, 0);
    uint32_t number = fold->first + after;

    for (;;) {
        uint32_t next = fold->alike[number % FOLD_WINDOW];

        if (next == number)
            return NEVER;
        if (fold->window[next % FOLD_WINDOW] == wanted)
            return next - fold->first;
        number = next;
    }
}

/* Can a cycle of so many rows, after which one like the first comes, begin here? Compares three turns: the last row of the
   third by the signature of the one before it, for what follows need not be alike. */
static bool may_repeat(const struct fold *fold, uint32_t rows)
{
    for (uint32_t i = 1; i < (FOLD_LEAST - 1) * rows - 1; i++)
        if (signature_at(fold, i) != signature_at(fold, i + rows))
            return false;
    return true;
}

static bool same(const struct row *a, const struct row *b)
{
    return a->kind == ROW_FRAME && b->kind == ROW_FRAME && a->pc == b->pc && a->bytes == b->bytes &&
           a->trust == b->trust;
}

/* Does the row say by its name where the one before it returns to? */
static bool says_return(const struct row *row)
{
    return row->kind == ROW_FRAME || row->kind == ROW_LOST || row->kind == ROW_USER;
}

/* What the two walks that compare rows have done, and so many pairs: may it go on? */
static bool may_go_on(const struct fold *fold, const struct walk *before, const struct walk *behind, uint32_t pairs)
{
    return pairs + (before->work - fold->next.work) + (behind->work - fold->next.work) < fold->work;
}

/* Follows the cycle from the next row on, with one walk a turn behind the other. Its last turn is no part of it where
   nothing would be left to tell its return address. */
static void measure(struct fold *fold, uint32_t rows, struct cycle *cycle)
{
    static struct walk behind, before;
    static struct row row, earlier;
    uint32_t matched = 0;
    bool more = true;

    before = fold->next;
    behind = fold->next;
    cycle->rows = rows;
    cycle->frames = cycle->bytes = cycle->turns = 0;
    for (uint32_t i = 0; i < rows; i++) {
        if (!walk_next(&before, &row))
            return;
        if (i == 0) {
            cycle->pc = row.pc;
            cycle->pc_exact = fold->next.exact;
        }
        cycle->frames += row.kind == ROW_FRAME;
        cycle->bytes += row.bytes;
        cycle->last = row.child_ebp;
    }
    while (may_go_on(fold, &before, &behind, rows + matched) && (more = walk_next(&before, &row)) &&
           walk_next(&behind, &earlier) && same(&row, &earlier)) {
        if (++matched % rows == 0)
            cycle->last = row.child_ebp;
    }
    if (may_go_on(fold, &before, &behind, rows + matched))
        fold->work -= rows + matched + (before.work - fold->next.work) + (behind.work - fold->next.work);
    else
        fold->work = 0;
    cycle->turns = 1 + matched / rows;
    if (matched % rows == 0 && !(more && says_return(&row))) {
        cycle->turns--;
        cycle->last -= cycle->bytes;
    }
}

/* The cycle that leaves out the most rows, of those that begin with the next one. */
static bool find_cycle(struct fold *fold, struct cycle *best)
{
    uint32_t most = fold->count / FOLD_LEAST < FOLD_LONGEST ? fold->count / FOLD_LEAST : FOLD_LONGEST;
    bool found = false;

    best->turns = 0;
    if (fold->work == 0)
        return false;
    for (uint32_t rows = next_like_first(fold, 0); rows <= most; rows = next_like_first(fold, rows)) {
        struct cycle cycle;

        if (!may_repeat(fold, rows))
            continue;
        if (found && rows % best->rows == 0 && best->turns * best->rows >= FOLD_LEAST * rows)
            continue; /* the same cycle, several turns taken as one */
        measure(fold, rows, &cycle);
        if (cycle.turns < FOLD_LEAST || (found && cycle.turns * cycle.rows <= best->turns * best->rows))
            continue;
        *best = cycle;
        found = true;
    }
    return found;
}

static bool step(struct fold *fold, struct row *row)
{
    if (!walk_next(&fold->next, row))
        return false;
    if (fold->count > 0) {
        fold->first++;
        fold->count--;
    }
    return true;
}

static void leave_out(struct fold *fold)
{
    uint32_t rows = (fold->cycle.turns - 1) * fold->cycle.rows;
    static struct row row;

    for (uint32_t i = 0; i < rows && walk_next(&fold->next, &row); i++)
        ;
    fold->first += rows;
    if (rows < fold->count) {
        fold->count -= rows;
    } else {
        look_from_next(fold);
    }
    fold->skip = false;
}

bool fold_next(struct fold *fold, struct row *row, struct cycle *cycle)
{
    cycle->turns = 0;
    if (fold->nothing)
        return walk_next(&fold->next, row);
    if (fold->skip)
        leave_out(fold);
    if (fold->left == 0) {
        look_ahead(fold);
        if (find_cycle(fold, &fold->cycle))
            fold->left = fold->cycle.rows;
    }
    if (fold->left > 0 && --fold->left == 0) {
        *cycle = fold->cycle;
        fold->skip = true;
    }
    return step(fold, row);
}

void fold_summarize(const struct walk_start *start, struct fold_summary *summary)
{
    static struct fold fold;
    static struct row row;
    static struct cycle cycle;

    summary->lines = summary->bytes = 0;
    summary->greatest.turns = 0;
    summary->greatest_bytes = 0;
    fold_begin(&fold, start, 0);
    while (fold_next(&fold, &row, &cycle)) {
        summary->lines++;
        if (cycle.turns == 0)
            continue;
        summary->lines++;
        summary->bytes += cycle.turns * cycle.bytes;
        if (cycle.turns * cycle.bytes > summary->greatest_bytes) {
            summary->greatest_bytes = cycle.turns * cycle.bytes;
            summary->greatest = cycle;
        }
    }
}
