/* The fault comes while a page fault is delivered that the kernel could have handled: 12 bytes are left, and its frame
   takes 16. */
#include "kernel.h"

#define FILE 0x40000000u

void worker(void); /* at_page_fault.asm */
uint32_t lowest;   /* for it */

static bool read_zeros(struct pagein_range *range, uint32_t address, void *page)
{
    (void)range, (void)address, (void)page;
    return true;
}

static struct pagein_range file = {.start = FILE, .end = FILE + 2 * PAGE_SIZE, .read = read_zeros};

static void start(void)
{
    lowest = thread_current->stack.limit + 12;
    worker();
    lowest = 0;
}

void scenario(void)
{
    kernel_install(0);
    pagein_add(&file);
    (void)*(volatile uint8_t *)FILE; /* with room on the stack it works */
    thread_run("worker", 0x1000, start);
}
