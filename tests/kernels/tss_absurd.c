/* A host TSS with nonsense in its descriptor, as some kernels have it: a limit far behind its end, and DPL 3. */
#include "check.h"
#include "overflow.h"

const struct kernel_options kernel_options = {.tss_limit = 0x696e8};

#define DPL_3 0x6000u

void scenario(void)
{
    gdt[GDT_TSS / 8].high |= DPL_3;
    kernel_install(0);
    CHECK(task_register() == GDT_TSS);
    thread_run("worker", 0x1000, overflow);
}
