/* An overflow in a kernel without a page-fault handler: there would be a double fault on any stack. */
#include "overflow.h"

static void worker(void)
{
    idt_clear(VECTOR_PAGE_FAULT);
    overflow();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
