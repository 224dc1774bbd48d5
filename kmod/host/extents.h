/* Where each name of a range of code begins and ends: sizes nest. */
#ifndef KMOD_HOST_EXTENTS_H
#define KMOD_HOST_EXTENTS_H

#include <stdint.h>

#define EXTENT_NAMELESS UINT32_MAX

/* Something that begins: a symbol, or with EXTENT_NAMELESS what no symbol of a known end is known to reach. */
struct extent {
    uint32_t address;
    uint32_t end;    /* its first byte behind; 0: not known, then it lasts until the next begins or the one around it ends */
    uint32_t number; /* the symbol's */
};

struct extents {
    struct extent *list; /* ascending; one without a name, or the rest of one that began before, has no end */
    uint32_t count;
    struct extent *open; /* the symbols around, the innermost last */
    uint32_t open_count, open_room;
};

/* Adds what begins in a range that ends at range_end: ascending, one symbol at an address. Where a symbol ends the one
   around it goes on, and where there is none, no name. extents is zeroes before the first range. */
void extents_add(struct extents *extents, const struct extent *begins, uint32_t count, uint32_t range_end);
void extents_free(struct extents *extents);

#endif
