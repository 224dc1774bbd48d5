/* An int instruction whose IDT entry is empty, where the #GP that this raises has none either. */
#include "kernel.h"

enum { VECTOR_OVERFLOW = 4, VECTOR_GENERAL_PROTECTION = 13 };

static void worker(void)
{
    idt_clear(VECTOR_OVERFLOW);
    idt_clear(VECTOR_GENERAL_PROTECTION);
    __asm__ volatile("int $4");
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
