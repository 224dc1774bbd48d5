/* A host without a TSS that has reserved two GDT entries: the second is for the TSS that the module loads. */
#include "check.h"
#include "overflow.h"

const struct kernel_options kernel_options = {.no_task_register = true, .free_gdt_entries = 2};

void scenario(void)
{
    struct ksg_config config = {.gdt_selector = GDT_FREE};

    kernel_install(&config);
    CHECK(gdt_loaded().entries == gdt);
    CHECK(task_register() == GDT_FREE + 8);
    thread_run("worker", 0x1000, overflow);
}
