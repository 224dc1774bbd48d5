/* Who used the stack: bytes and frames by module or by function, exact however many there are. */
#ifndef KMOD_USAGE_H
#define KMOD_USAGE_H

#include "walk.h"

#define USAGE_ENTRIES 32

/* More than so many are not told apart, so that memory and time are constant. A stack of 32 KiB hardly has as many. */
#define USAGE_TOLD_APART_BITS 10
#define USAGE_TOLD_APART (1u << USAGE_TOLD_APART_BITS)

/* What bytes are added up by. */
enum usage_by { USAGE_BY_MODULE, USAGE_BY_FUNCTION };

/* Keys that stand for no module and no function. */
#define USAGE_BEFORE 0xfffffff0u /* before the first frame */
#define USAGE_GAP 0xfffffff1u
#define USAGE_REST 0xfffffff2u  /* after the last frame */
#define USAGE_ENTRY 0xfffffff3u /* pushed at the entry from user mode */
#define USAGE_UNKNOWN CODE_NO_MODULE

struct usage {
    uint32_t key; /* code_module's number, or where the function starts, or one of those above */
    uint32_t bytes;
    uint32_t frames;
    uint32_t entered; /* runs of its frames: between two of them are frames of others */
};

/* The users with the most bytes, most first, and all others together. */
struct usage_table {
    struct usage entries[USAGE_ENTRIES];
    uint32_t count;
    struct usage others;
    uint32_t other_count;
    bool cut; /* there are more users still, not told apart, in others; those listed have more bytes than all of them */
};

/* How many are listed, also when count was overwritten. */
static inline uint32_t usage_count(const struct usage_table *table)
{
    return table->count < USAGE_ENTRIES ? table->count : USAGE_ENTRIES;
}

/* The sums over a whole walk. */
struct usage_totals {
    uint32_t bytes;
    uint32_t frames;
    enum walk_end end;
};

/* In one walk, the first of all: see walk_begin_first. */
void usage_find(struct walk_start *start, struct usage_totals *totals, struct usage_table *modules,
                struct usage_table *functions);

#endif
