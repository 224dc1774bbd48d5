/* The kernel runs 1 GiB above where it was linked: names, at the addresses where it runs. */
#include "overflow.h"

#define MOVED 0x40000000u
#define KERNEL 0x100000u
#define MAPPED 0x400000u
#define STACK_SIZE 0x1000u

static void KSG_CALL finish(void *context)
{
    (void)context;
    exit_machine(EXIT_REPORTED);
}

static void run(void)
{
    static const struct ksg_config config = {.finish = finish};
    int status = ksg_install(&config);

    if (status != KSG_OK || ksg_verify() != KSG_OK)
        kernel_panic(ksg_status_text(status));
    overflow();
    --calls;
}

/* Calls are relative: what is called from there runs there. */
static _Noreturn void run_there(uint32_t stack_base)
{
    uint32_t there = (uint32_t)run + MOVED;

    __asm__ volatile("mov %0, %%esp\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "push %%ebp\n\t"
                     "jmp *%1"
                     :
                     : "r"(stack_base), "r"(there)
                     : "memory");
    __builtin_unreachable();
}

void scenario(void)
{
    static struct ksg_stack stack = {.name = "moved"};
    uint32_t guard = page_allocate(1 + STACK_SIZE / PAGE_SIZE);

    for (uint32_t page = KERNEL; page < KERNEL + MAPPED; page += PAGE_SIZE)
        page_map(page + MOVED, page, PAGE_WRITABLE);
    page_unmap(guard);
    stack.limit = guard + PAGE_SIZE;
    stack.base = stack.limit + STACK_SIZE;
    if (ksg_add_stack(&stack) != KSG_OK)
        kernel_panic("the stack cannot be registered");
    run_there(stack.base);
}
