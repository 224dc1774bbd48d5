/* A page fault that nobody expects: its handler asks for a report of the code that faulted, and lets it go on. */
#include "interrupted.h"

#define NOWHERE 0xf0000000u

static void page_fault(struct interrupt_frame *frame)
{
    struct ksg_registers registers = registers_of(frame);

    if (ksg_report(&registers, "page fault") != KSG_OK)
        exit_machine(EXIT_FAILED);
    page_map(NOWHERE, page_allocate(1), PAGE_WRITABLE);
}

__attribute__((noinline)) static void touch(volatile uint32_t *address)
{
    address[0] = 1;
    address[1] = 2;
}

static void worker(void)
{
    volatile uint32_t nowhere = NOWHERE;

    touch((uint32_t *)nowhere);
    nowhere = 0;
}

void scenario(void)
{
    kernel_install(0);
    interrupt_handle(VECTOR_PAGE_FAULT, page_fault);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
