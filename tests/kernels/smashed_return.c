/* A string is copied over a return address, and the page fault at the address that it makes has no gate. */
#include "kernel.h"

void copy_too_much(void); /* smashed_return.asm */

static void worker(void)
{
    idt_clear(VECTOR_PAGE_FAULT);
    copy_too_much();
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
