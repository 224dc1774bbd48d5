/* A hook that loses its stack: a second double fault. It costs the part that asked the hook; the rest is written on a stack
   of its own. */
#include "overflow.h"

static int KSG_CALL locate(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context, (void)esp, (void)found;
    __asm__ volatile("mov %0, %%esp\n\tpush %0" : : "r"(0xf0000000));
    return 1;
}

static void worker(void)
{
    ksg_remove_stack(&thread_current->stack);
    overflow();
    ksg_add_stack(&thread_current->stack);
}

void scenario(void)
{
    struct ksg_config config = {.find_stack = locate};

    kernel_install(&config);
    thread_run("worker", 0x1000, worker);
}
