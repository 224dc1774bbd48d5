/* Reading memory that may not be there. */
#include "memory.h"

#include "crc.h"

#define PAGE 4096u /* what cannot be read is whole ones */

static bool window_holds(const struct window *window, uint32_t address)
{
    return address - window->start < window->size;
}

unsigned memory_copy(struct memory *memory, struct window *window, uint32_t address, uint8_t *to, unsigned count)
{
    unsigned done = 0;

    while (done < count) {
        uint32_t at = address + done;
        uint32_t offset, there;

        if (at < address) /* past 4 GiB */
            break;
        if (!window_holds(window, at) && !(memory->find(memory, at, window) && window_holds(window, at)))
            break;
        offset = at - window->start;
        there = window->size - offset;
        while (done < count && there-- > 0)
            to[done++] = window->bytes[offset++];
    }
    return done;
}

uint32_t memory_crc(struct memory *memory, uint32_t start, uint32_t end)
{
    uint32_t crc = 0;

    for (uint32_t at = start; at < end;) {
        const struct window *window = &memory->data;
        bool there = window_holds(window, at) || (memory->find(memory, at, &memory->data) && window_holds(window, at));
        uint32_t offset = there ? at - window->start : 0;
        uint32_t count = there ? window->size - offset : PAGE - at % PAGE;

        if (count > end - at)
            count = end - at;
        if (there)
            crc = crc_bytes(crc, window->bytes + offset, count);
        at += count;
    }
    return crc;
}
