/* The child of a fork overflows its kernel stack, which lies where the parent's does; nobody says which is live. */
#include "overflow.h"

__attribute__((noinline)) static void run_child(void)
{
    struct process *child = process_fork();

    if (child != 0)
        process_run(child);
    else
        overflow();
    --calls;
}

/* Its page directory is the double-fault task's. */
static void parent(void)
{
    kernel_install(0);
    run_child();
    --calls;
}

void scenario(void)
{
    ksg_add_stack(&process_stack);
    process_run(process_create(parent));
}
