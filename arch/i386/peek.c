/* Memory that may not be there, written to, and as the report reads it: page by page. */
#include "peek.h"

#include "processor.h"

#define PAGE 4096u

uint32_t poke(uint32_t address, const void *from, uint32_t count)
{
    uint32_t cr0 = read_cr0();
    uint32_t written;

    write_cr0(cr0 & ~CR0_WRITE_PROTECT);
    written = peek((void *)address, (uint32_t)from, count);
    write_cr0(cr0);
    return written;
}

bool peek_writable(uint32_t address, uint32_t count)
{
    uint8_t bytes[TSS_SIZE];

    return peek(bytes, address, count) == count && peek((void *)address, (uint32_t)bytes, count) == count;
}

bool peek_page(struct memory *memory, uint32_t address, struct window *window)
{
    uint32_t start = address & -PAGE;
    uint8_t byte;

    (void)memory;
    if (peek(&byte, start, 1) == 0)
        return false;
    window->bytes = (const uint8_t *)start;
    window->start = start;
    window->size = PAGE;
    return true;
}
