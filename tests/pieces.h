/* Memory for tests, made of pieces: what was put there can be read, and nothing else. */
#ifndef TESTS_PIECES_H
#define TESTS_PIECES_H

#include <stdio.h>
#include <stdlib.h>

#include "memory.h"

#define PIECES_MOST 64

struct pieces {
    struct window list[PIECES_MOST];
    unsigned count;
};

/* Bytes at address, all 0 at first. They are of their own in the heap, so that the address sanitizer guards their ends.
 */
static inline uint8_t *pieces_add(struct pieces *pieces, uint32_t address, uint32_t size)
{
    uint8_t *bytes = calloc(size, 1);

    if (!bytes || pieces->count == PIECES_MOST) {
        fputs("too many pieces of memory\n", stderr);
        exit(2);
    }
    pieces->list[pieces->count++] = (struct window){bytes, address, size};
    return bytes;
}

static inline void pieces_free(struct pieces *pieces)
{
    while (pieces->count > 0)
        free((void *)(uintptr_t)pieces->list[--pieces->count].bytes);
}

/* For struct memory's find; the context is the pieces. */
static inline bool pieces_find(struct memory *memory, uint32_t address, struct window *window)
{
    const struct pieces *pieces = memory->context;

    for (unsigned i = 0; i < pieces->count; i++)
        if (address - pieces->list[i].start < pieces->list[i].size) {
            *window = pieces->list[i];
            return true;
        }
    return false;
}

#endif
