/* Recursion whose frames are larger than the guard page: the last one jumps over it, to where nothing is mapped. */
#include "kernel.h"

#define ROOM 0x2180u

static volatile uint32_t chosen, turns;

__attribute__((noinline)) static void spread(void)
{
    volatile uint8_t room[ROOM];

    room[chosen] = 1;
    if (++turns < 1000)
        spread();
    chosen = room[chosen];
}

static void worker(void)
{
    uint32_t limit = thread_current->stack.limit;

    for (uint32_t page = limit - 0x4000; page < limit; page += PAGE_SIZE)
        page_unmap(page);
    spread();
    chosen = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x40000, worker);
}
