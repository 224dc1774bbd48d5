/* Reading memory that may not be there. */
#include "memory.h"

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
