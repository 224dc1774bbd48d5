/* A GDTR limit of ffffh behind six entries: the copy is cut off where the room for it ends. */
#include "check.h"
#include "overflow.h"

void scenario(void)
{
    gdt_set_limit(0xffff);
    kernel_install(0);
    CHECK(gdt_loaded().entries != gdt);
    thread_run("worker", 0x1000, overflow);
}
