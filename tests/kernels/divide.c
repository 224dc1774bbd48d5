/* A division by zero, without a gate for it. */
#include "kernel.h"

enum { VECTOR_DIVIDE = 0 };

static void worker(void)
{
    uint32_t quotient = 1, remainder = 0;

    idt_clear(VECTOR_DIVIDE);
    __asm__ volatile("divl %2" : "+a"(quotient), "+d"(remainder) : "c"(0));
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
