/* A thread returns from its first function, beyond its stack's base: right there the guard page of another stack begins. The
   page-fault handler asks for a report. */
#include "interrupted.h"

void first(void); /* report_underflow.asm */

static void page_fault(struct interrupt_frame *frame)
{
    struct ksg_registers registers = registers_of(frame);

    exit_machine(ksg_report(&registers, "page fault") == KSG_OK ? EXIT_PASSED : EXIT_FAILED);
}

static void idle(void)
{
    for (;;)
        thread_yield();
}

void scenario(void)
{
    struct thread *thread;
    uint32_t *top;

    kernel_install(0);
    interrupt_handle(VECTOR_PAGE_FAULT, page_fault);
    thread = thread_create("short", 0x1000, 0);
    thread_create("idle", 0x1000, idle);
    top = (uint32_t *)thread->stack.base;
    top[-1] = (uint32_t)first; /* switch_stack's return address, and below it the EBP that it pops */
    top[-2] = 0;
    thread->esp = (uint32_t)(top - 5);
    thread_yield();
}
