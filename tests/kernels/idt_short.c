/* An IDT that ends behind the double fault: whatever comes after cannot be delivered. */
#include "kernel.h"

#define NOWHERE 0xf0000000u

static void worker(void)
{
    idt_set_limit((VECTOR_DOUBLE_FAULT + 1) * sizeof idt[0] - 1);
    *(volatile uint32_t *)NOWHERE = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
