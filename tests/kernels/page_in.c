/* Code touches memory that has to be read in, and the reading runs out of stack. */
#include "overflow.h"

#define FILE 0x40000000u

static bool read(struct pagein_range *range, uint32_t address, void *page)
{
    (void)range, (void)address, (void)page;
    overflow();
    return calls != 0;
}

static struct pagein_range file = {.start = FILE, .end = FILE + PAGE_SIZE, .read = read};

__attribute__((noinline)) static void touch(void)
{
    ++*(volatile uint32_t *)FILE;
    --calls;
}

static void worker(void)
{
    touch();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    pagein_add(&file);
    thread_run("worker", 0x1000, worker);
}
