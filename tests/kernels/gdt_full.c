/* A host GDT without a free entry is copied, and the host's own stays as it was. */
#include "check.h"
#include "overflow.h"

void scenario(void)
{
    static struct state before, after;

    state_take(&before);
    CHECK(before.gdtr.limit == GDT_TSS + sizeof gdt[0] - 1);
    kernel_install(0);
    state_take(&after);
    CHECK(after.gdtr.entries != gdt);
    CHECK(after.gdtr.limit > before.gdtr.limit);
    CHECK(same_bytes(after.gdtr.entries, gdt, before.gdtr.limit + 1u));
    CHECK(same_bytes(after.gdt, before.gdt, sizeof gdt));
    CHECK(after.tr == GDT_TSS);
    thread_run("worker", 0x1000, overflow);
}
