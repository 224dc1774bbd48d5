/* Who used the stack: bytes and frames by module or by function, exact however many there are. */
#ifndef KMOD_USAGE_H
#define KMOD_USAGE_H

#include "walk.h"

#define USAGE_ENTRIES 32

/* What bytes are added up by. */
enum usage_by { USAGE_BY_MODULE, USAGE_BY_FUNCTION };

/* Keys that stand for no module and no function. */
#define USAGE_BEFORE 0xfffffff0u /* before the first frame */
#define USAGE_GAP 0xfffffff1u
#define USAGE_REST 0xfffffff2u /* after the last frame */
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
};

/* Walks as often as there are USAGE_ENTRIES different users, so that memory is constant. */
void usage_count(const struct walk_start *start, enum usage_by by, struct usage_table *table);

/* The sums over a whole walk. */
struct usage_totals {
    uint32_t bytes;
    uint32_t frames;
    enum walk_end end;
};

void usage_total(const struct walk_start *start, struct usage_totals *totals);

#endif
