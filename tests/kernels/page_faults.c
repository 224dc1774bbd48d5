/* A page-fault handler that faults, again and again, until 64 KiB of stack are gone. */
#include "kernel.h"

void fault_stub(void); /* page_faults.asm */
void handle_fault(uint32_t *registers);

static volatile uint32_t faults;

__attribute__((noinline)) static uint32_t read_page(const volatile uint32_t *page)
{
    uint32_t word = *page;

    faults++;
    return word;
}

void handle_fault(uint32_t *registers)
{
    registers[0] = read_page((const volatile uint32_t *)0x50000000);
    faults--;
}

static void worker(void)
{
    read_page((const volatile uint32_t *)0x50000000);
    faults = 0;
}

void scenario(void)
{
    kernel_install(0);
    idt_set_gate(14, fault_stub, 0);
    thread_run("worker", 0x10000, worker);
}
