/* Frames whose size no constant tells: an aligned one, alloca, a loop that probes the stack, and one below which a trap
   lies. */
#include "overflow.h"

#define FILE 0x40000000u

void by_alignment(void); /* dynamic.asm */

static bool read(struct pagein_range *range, uint32_t address, void *page)
{
    (void)range, (void)address, (void)page;
    overflow();
    return calls != 0;
}

static struct pagein_range file = {.start = FILE, .end = FILE + PAGE_SIZE, .read = read};

void scenario(void)
{
    kernel_install(0);
    pagein_add(&file);
    thread_run("worker", 0x6000, by_alignment);
}
