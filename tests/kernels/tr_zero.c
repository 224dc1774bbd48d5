/* A host without a TSS, whose GDT is copied: the module loads a TSS of its own, or the CPU would save the registers at
   address 0. */
#include "check.h"
#include "overflow.h"

const struct kernel_options kernel_options = {.no_task_register = true};

void scenario(void)
{
    CHECK(task_register() == 0);
    kernel_install(0);
    CHECK(task_register() > GDT_TSS); /* behind the host's entries */
    thread_run("worker", 0x1000, overflow);
}
