/* CR2 still holds an address in the stack's guard page, from a fault that was dealt with; what happens now is something
   else: a #GP that has no gate. */
#include "kernel.h"

enum { VECTOR_GENERAL_PROTECTION = 13 };

static void worker(void)
{
    idt_clear(VECTOR_GENERAL_PROTECTION);
    __asm__ volatile("mov %0, %%cr2" : : "r"(thread_current->stack.limit - 4));
    __asm__ volatile("mov %0, %%fs" : : "r"(0xfff8)); /* beyond the GDT */
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
