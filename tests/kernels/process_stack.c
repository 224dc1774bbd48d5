/* Each process has its kernel stack at the same address. The child of a fork overflows its own; the kernel says which page
   directory it was on. */
#include "overflow.h"

static ksg_address KSG_CALL victim_cr3(void *context)
{
    (void)context;
    return process_current->directory;
}

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
    struct ksg_config config = {.victim_cr3 = victim_cr3};

    kernel_install(&config);
    run_child();
    --calls;
}

void scenario(void)
{
    ksg_add_stack(&process_stack);
    process_run(process_create(parent));
}
