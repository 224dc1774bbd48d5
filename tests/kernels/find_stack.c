/* A stack that is not registered: the kernel tells by a hook what it knows. */
#include "overflow.h"

static int KSG_CALL find_stack(void *context, ksg_address esp, struct ksg_stack *found)
{
    const struct ksg_stack *stack = &thread_current->stack;

    (void)context;
    if (esp > stack->base)
        return 0;
    found->name = "told";
    found->limit = stack->limit;
    found->base = stack->base;
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
    struct ksg_config config = {.find_stack = find_stack};

    kernel_install(&config);
    thread_run("worker", 0x1000, worker);
}
