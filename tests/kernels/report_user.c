/* A page fault in user mode, reported on demand: its ESP is none of the kernel's business, and its stack is not walked. */
#include "kernel.h"

#define NOWHERE 0xf0000000u

static void page_fault(struct interrupt_frame *frame)
{
    struct ksg_registers registers = {.eax = frame->eax, .ebp = frame->ebp, .esp = frame->user_esp, .eip = frame->eip,
                                      .eflags = frame->eflags, .cs = frame->cs, .ss = frame->user_ss, .cr2 = NOWHERE};

    if (ksg_report(&registers, "page fault in user mode") != KSG_OK)
        exit_machine(EXIT_FAILED);
    thread_exit();
}

USER_FUNCTION static void touch(void)
{
    *(volatile uint32_t *)NOWHERE = 1;
}

static void worker(void)
{
    user_run(touch);
}

void scenario(void)
{
    kernel_install(0);
    interrupt_handle(VECTOR_PAGE_FAULT, page_fault);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
