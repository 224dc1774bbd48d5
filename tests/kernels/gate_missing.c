/* A page fault whose IDT entry is not present: a double fault with plenty of stack left. */
#include "kernel.h"

#define NOWHERE 0xf0000000u

static void worker(void)
{
    idt_clear(VECTOR_PAGE_FAULT);
    *(volatile uint32_t *)NOWHERE = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
