/* A null pointer is read and one to nowhere is called, and the page-fault handler asks for a report of each. */
#include "interrupted.h"

#define NOWHERE 0x50000010u

static volatile uint32_t *volatile nothing;
static void (*volatile hook)(void);
static unsigned reports;

static void page_fault(struct interrupt_frame *frame)
{
    struct ksg_registers registers = registers_of(frame);

    if (ksg_report(&registers, "page fault") != KSG_OK)
        exit_machine(EXIT_FAILED);
    if (++reports == 2)
        exit_machine(EXIT_PASSED);
    page_map(0, page_allocate(1), PAGE_WRITABLE);
}

__attribute__((noinline)) static uint32_t read(void)
{
    return *nothing;
}

__attribute__((noinline)) static void call_hook(void)
{
    hook();
    hook = 0;
}

static void worker(void)
{
    hook = (void (*)(void))(NOWHERE + read());
    call_hook();
    hook = 0;
}

void scenario(void)
{
    kernel_install(0);
    interrupt_handle(VECTOR_PAGE_FAULT, page_fault);
    thread_run("worker", 0x1000, worker);
}
