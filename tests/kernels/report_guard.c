/* The guard page is touched by code that has stack enough, and by code that has not. The page-fault handler asks for a
   report of each, and makes the page present. */
#include "interrupted.h"

void probes(void); /* report_guard.asm */
void probes_by_copy(void);

static volatile uint32_t sink;

static void page_fault(struct interrupt_frame *frame)
{
    struct ksg_registers registers = registers_of(frame);

    if (ksg_report(&registers, "page fault") != KSG_OK)
        exit_machine(EXIT_FAILED);
    page_map(registers.cr2 & PAGE_ADDRESS, registers.cr2 & PAGE_ADDRESS, PAGE_WRITABLE);
}

/* A free list that goes on where there is no more memory. */
__attribute__((noinline)) static uint32_t next(const volatile uint32_t *entry)
{
    return *entry;
}

static void worker(void)
{
    uint32_t guard = thread_current->stack.limit - PAGE_SIZE;

    sink = next((uint32_t *)(thread_current->stack.limit - 4));
    page_unmap(guard);
    sink = next((uint32_t *)(boot_thread.stack.limit - PAGE_SIZE));
    probes();
    page_unmap(guard);
    probes_by_copy();
}

void scenario(void)
{
    kernel_install(0);
    interrupt_handle(VECTOR_PAGE_FAULT, page_fault);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
