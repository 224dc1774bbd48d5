/* A page fault that nobody expects: its handler asks for a report of the code that faulted, and lets it go on. */
#include "kernel.h"

#define NOWHERE 0xf0000000u

/* What the interrupted code's registers were, as the stub saved them. */
static struct ksg_registers registers_of(const struct interrupt_frame *frame)
{
    struct ksg_registers registers = {.eax = frame->eax, .ebx = frame->ebx, .ecx = frame->ecx, .edx = frame->edx};

    registers.esi = frame->esi;
    registers.edi = frame->edi;
    registers.ebp = frame->ebp;
    registers.esp = (uint32_t)&frame->user_esp; /* from kernel mode, which pushes no ESP */
    registers.eip = frame->eip;
    registers.eflags = frame->eflags;
    registers.cs = frame->cs;
    registers.ss = KERNEL_DATA;
    registers.ds = frame->ds;
    registers.es = frame->es;
    registers.fs = frame->fs;
    registers.gs = frame->gs;
    __asm__ volatile("mov %%cr2, %0" : "=r"(registers.cr2));
    return registers;
}

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
