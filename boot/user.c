/* User mode: entering it, and the system call that comes back. */
#include "kernel.h"

_Noreturn void KSG_CALL user_enter(uint32_t eip, uint32_t esp);

static system_call_handler *handlers[SYSTEM_CALLS];

_Noreturn void user_run(void (*entry)(void))
{
    uint32_t stack = page_allocate(1);

    page_map(stack, stack, PAGE_USER | PAGE_WRITABLE);
    user_enter((uint32_t)entry, stack + PAGE_SIZE);
}

static uint32_t system_exit(uint32_t first, uint32_t second, uint32_t third)
{
    (void)first, (void)second, (void)third;
    thread_exit();
}

static void system_call_dispatch(struct interrupt_frame *frame)
{
    bool known = frame->eax < SYSTEM_CALLS && handlers[frame->eax] != 0;

    frame->eax = known ? handlers[frame->eax](frame->ebx, frame->ecx, frame->edx) : UINT32_MAX;
}

void system_call_handle(unsigned number, system_call_handler *handler)
{
    handlers[number] = handler;
}

void user_init(void)
{
    interrupt_handle(VECTOR_SYSTEM_CALL, system_call_dispatch);
    system_call_handle(SYSTEM_EXIT, system_exit);
}
