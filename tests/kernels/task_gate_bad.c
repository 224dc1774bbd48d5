/* The page fault has a task gate to a segment that is no TSS. */
#include "kernel.h"

#define NOWHERE 0xf0000000u

static void worker(void)
{
    idt_set_task_gate(VECTOR_PAGE_FAULT, KERNEL_DATA);
    *(volatile uint32_t *)NOWHERE = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
