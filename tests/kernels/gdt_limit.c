/* A GDTR limit of ffffh behind six entries: the copy is cut off where the room for it ends. */
#include "check.h"
#include "overflow.h"

void scenario(void)
{
    gdt_set_limit(0xffff);
    kernel_install(0);
    CHECK(gdt_loaded().entries != gdt);
    gdt[GDT_TSS / 8 + 1].low++; /* the memory behind the six is anybody's */
    CHECK(ksg_verify() == KSG_OK);
    gdt[USER_DATA / 8].low++;
    CHECK(ksg_verify() == KSG_OLD_GDT_WRITTEN);
    thread_run("worker", 0x1000, overflow);
}
