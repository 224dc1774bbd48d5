/* The handler of a #GP faults itself, again and again. */
#include "kernel.h"

#define BEYOND_GDT 0x70 /* selectors that lead nowhere */
#define ALSO_BEYOND 0x48

static volatile uint32_t calls;

__attribute__((noinline)) static void bad_read(uint32_t selector)
{
    __asm__ volatile("bad_read.load: mov %0, %%fs\n\t"
                     "movl %%fs:0x10, %%eax"
                     :
                     : "r"(selector)
                     : "eax", "memory");
    --calls;
}

__attribute__((noinline)) static void console_cursor(void)
{
    bad_read(ALSO_BEYOND);
    --calls;
}

__attribute__((noinline)) static void print_fault(uint32_t vector)
{
    volatile char line[40];

    line[0] = (char)vector;
    console_cursor();
    calls += (uint32_t)line[0];
}

static void protection(struct interrupt_frame *frame)
{
    print_fault(frame->vector);
    --calls;
}

__attribute__((noinline)) static void probe_port(uint32_t port)
{
    if (port == 3)
        bad_read(BEYOND_GDT);
    else
        probe_port(port + 1);
    --calls;
}

static void worker(void)
{
    probe_port(0);
    calls = 0;
}

void scenario(void)
{
    kernel_install(0);
    interrupt_handle(13, protection);
    thread_run("worker", 0x2000, worker);
}
