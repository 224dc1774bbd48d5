/* A find_stack hook that faults itself: the report goes on without its answer. */
#include "overflow.h"

static int KSG_CALL locate(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context, (void)esp, (void)found;
    *(volatile uint32_t *)0xf0000000 = 0;
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
