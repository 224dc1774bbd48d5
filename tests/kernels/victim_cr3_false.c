/* What the kernel says of the page directory that it was on is false: no page table is there. */
#include "overflow.h"

static ksg_address KSG_CALL victim_cr3(void *context)
{
    (void)context;
    return 0x30000000; /* above all memory */
}

void scenario(void)
{
    struct ksg_config config = {.victim_cr3 = victim_cr3};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
