/* A fault is delivered, but its stub's pushad finds no room; the stub ends in a loop, and EBP was no frame pointer. */
#include "kernel.h"

#define LEFT 28 /* room for the page fault's frame, and 12 bytes */

void worker(void), fault_stub(void); /* stub_stops.asm */
void report_fault(const uint32_t *registers);
uint32_t lowest; /* for it */

void report_fault(const uint32_t *registers)
{
    console_hex(registers[0]);
    kernel_panic("a page fault");
}

static void start(void)
{
    lowest = thread_current->stack.limit + LEFT;
    worker();
    lowest = 0;
}

void scenario(void)
{
    kernel_install(0);
    idt_set_gate(14, fault_stub, 0);
    thread_run("worker", 0x1000, start);
}
