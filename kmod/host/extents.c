/* Where each name of a range of code begins and ends: sizes nest. */
#include "extents.h"

#include "allocate.h"

static void begin(struct extents *extents, uint32_t address, uint32_t end, uint32_t number)
{
    extents->list = allocate_one_more(extents->list, extents->count, sizeof *extents->list);
    extents->list[extents->count++] = (struct extent){address, end, number};
}

static const struct extent *innermost(const struct extents *extents)
{
    return extents->open_count ? &extents->open[extents->open_count - 1] : 0;
}

/* Ends the symbols that do so at or before address. */
static void end_until(struct extents *extents, uint32_t address)
{
    while (extents->open_count && innermost(extents)->end <= address) {
        uint32_t end = innermost(extents)->end;

        while (extents->open_count && innermost(extents)->end <= end)
            extents->open_count--;
        if (end < address)
            begin(extents, end, 0, extents->open_count ? innermost(extents)->number : EXTENT_NAMELESS);
    }
}

void extents_add(struct extents *extents, const struct extent *begins, uint32_t count, uint32_t range_end)
{
    uint32_t first = extents->count;

    for (uint32_t i = 0; i < count; i++) {
        const struct extent *next = &begins[i];

        end_until(extents, next->address);
        if (next->number == EXTENT_NAMELESS &&
            (extents->open_count || extents->count == first ||
             extents->list[extents->count - 1].address == next->address))
            continue;
        begin(extents, next->address, next->end, next->number);
        if (next->number == EXTENT_NAMELESS || next->end <= next->address)
            continue;
        if (extents->open_count == extents->open_room)
            extents->open = allocate_one_more(extents->open, extents->open_room++, sizeof *extents->open);
        extents->open[extents->open_count++] = *next;
    }
    end_until(extents, range_end);
    extents->open_count = 0;
}

void extents_free(struct extents *extents)
{
    free(extents->list);
    free(extents->open);
}
