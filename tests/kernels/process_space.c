/* The double-fault task's page directory maps no process's stack; the one that the kernel names does. Where a page table
   is, a hook says, and another one takes the report. */
#include "overflow.h"

static ksg_address KSG_CALL victim_cr3(void *context)
{
    (void)context;
    return process_current->directory;
}

static void *KSG_CALL physical_to_linear(void *context, ksg_address physical)
{
    (void)context;
    return (void *)physical;
}

static void KSG_CALL put(void *context, char character)
{
    (void)context;
    console_put(character);
}

static void process(void)
{
    overflow();
    --calls;
}

void scenario(void)
{
    struct ksg_config config = {.victim_cr3 = victim_cr3, .physical_to_linear = physical_to_linear, .put = put};

    kernel_install(&config);
    ksg_add_stack(&process_stack);
    process_run(process_create(process));
}
