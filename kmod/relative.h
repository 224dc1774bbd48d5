/* Addresses relative to what ESP or EBP held. */
#ifndef KMOD_RELATIVE_H
#define KMOD_RELATIVE_H

#include <stdbool.h>
#include <stdint.h>

enum place_base {
    PLACE_LOST,
    PLACE_ALIGNED, /* lost by an alignment of ESP */
    PLACE_ESP,
    PLACE_EBP
};

/* An address, as a distance from what ESP or EBP held where the code began. Packed: many of them wait on a small stack. */
struct __attribute__((packed)) place {
    int32_t offset;
    uint8_t base; /* enum place_base */
    bool sure;    /* no call had a part in it: a callee may pop its arguments, which its caller's code does not show */
};

static inline bool place_known(const struct place *place)
{
    return place->base == PLACE_ESP || place->base == PLACE_EBP;
}

static inline bool place_same(const struct place *one, const struct place *other)
{
    return one->base == other->base && one->offset == other->offset;
}

#endif
