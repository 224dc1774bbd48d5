/* The page fault's gate leads where no memory is: each attempt to run the handler faults again, until the stack is full. */
#include "kernel.h"

#define NOWHERE 0xf0000000u

static void worker(void)
{
    idt_set_gate(VECTOR_PAGE_FAULT, (void (*)(void))NOWHERE, 0);
    *(volatile uint32_t *)(NOWHERE + 64) = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
