/* A thread is at its stack's limit when an interrupt comes, whose stack lies right below, and it is that one which overflows. */
#include "call_on.h"
#include "kernel.h"

#define LEFT 0x80u /* of the thread's stack */

static struct ksg_stack interrupts = {.name = "interrupts"}, thread = {.name = "thread"};
static volatile uint32_t calls;

static void service(void)
{
    ksg_overflow();
    --calls;
}

__attribute__((noinline)) static void descend(void)
{
    if ((uint32_t)__builtin_frame_address(0) > thread.limit + LEFT)
        descend();
    else
        call_on(interrupts.base, service);
    --calls;
}

static void on_new_stack(void (*function)(void), uint32_t base)
{
    __asm__ volatile("mov %1, %%esp\n\t"
                     "push $0\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "jmp *%0"
                     :
                     : "r"(function), "r"(base)
                     : "memory");
}

void scenario(void)
{
    uint32_t guard = page_allocate(3);

    kernel_install(0);
    page_unmap(guard);
    interrupts.limit = guard + PAGE_SIZE;
    interrupts.base = thread.limit = interrupts.limit + PAGE_SIZE;
    thread.base = thread.limit + PAGE_SIZE;
    ksg_add_stack(&interrupts);
    ksg_add_stack(&thread);
    on_new_stack(descend, thread.base);
}
