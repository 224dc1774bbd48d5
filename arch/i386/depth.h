/* How deep one of the module's stacks was ever used: it is painted beforehand, and what is no longer paint was used. */
#ifndef I386_DEPTH_H
#define I386_DEPTH_H

#include <stdint.h>

#define PAINT 0x4b534721u /* neither small, nor an address in most kernels: "!GSK" */

/* size in bytes. */
static inline void depth_paint(uint32_t *limit, uint32_t size)
{
    for (uint32_t word = 0; word < size / 4; word++)
        limit[word] = PAINT;
}

/* The bytes from the lowest word that was used to the top. */
static inline uint32_t depth_used(const uint32_t *limit, uint32_t size)
{
    uint32_t unused = 0;

    while (unused < size && limit[unused / 4] == PAINT)
        unused += 4;
    return size - unused;
}

#endif
