/* A switch to a new thread whose stack is mapped only when it is touched: ESP is that stack's base, EBP still the old
   thread's, and right above are the old thread's guard page and stack. Nothing overflowed. */
#include "kernel.h"

#define PAGES 4

void begin_on(uint32_t *save_esp, uint32_t base, void (*entry)(void)); /* lazy_stack.asm */

static struct ksg_stack lazy = {.name = "lazy"};
static volatile uint32_t sink;
static uint32_t saved;

static void entry(void)
{
    for (;;)
        sink++;
}

__attribute__((noinline)) static void wait(void)
{
    begin_on(&saved, lazy.base, entry);
    sink++;
}

static void worker(void)
{
    wait();
    sink++;
}

void scenario(void)
{
    uint32_t guard = page_allocate(1 + PAGES);

    kernel_install(0);
    lazy.limit = guard + PAGE_SIZE;
    lazy.base = lazy.limit + PAGES * PAGE_SIZE;
    for (uint32_t page = guard; page < lazy.base; page += PAGE_SIZE)
        page_unmap(page);
    ksg_add_stack(&lazy);
    thread_run("main", 0x2000, worker);
}
