/* ESP becomes 0 in a kernel whose page 0 is present: that page is no stack for it. */
#include "kernel.h"

static void worker(void)
{
    __asm__ volatile("xor %%esp, %%esp\n\t"
                     "push %%eax"
                     :
                     :
                     : "memory");
}

void scenario(void)
{
    page_map(0, page_allocate(1), PAGE_WRITABLE);
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
