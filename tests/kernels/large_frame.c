/* One function whose locals are so many that ESP jumps over the guard page, to where nothing is mapped. */
#include "kernel.h"

#define ROOM 0x10000u

static volatile uint32_t chosen;

__attribute__((noinline)) static void spread(void)
{
    volatile uint8_t room[ROOM];

    room[chosen] = 1;
    chosen = room[chosen];
}

static void worker(void)
{
    uint32_t limit = thread_current->stack.limit;

    for (uint32_t page = limit - 2 * ROOM; page < limit; page += PAGE_SIZE)
        page_unmap(page);
    spread();
    chosen = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
