/* The kernel's GDT and IDT are garbage, but for what leads to the module: the handler brings tables of its own. */
#include "check.h"
#include "overflow.h"

#define MODULE_ENTRIES 4 /* of the copied GDT, the last */

static void spoil(struct descriptor *entry)
{
    *entry = (struct descriptor){0xa5a5a5a5, 0x5a5a5a5a};
}

static void worker(void)
{
    struct table gdtr = gdt_loaded();

    for (unsigned i = 0; i < (gdtr.limit + 1u) / sizeof *gdtr.entries - MODULE_ENTRIES; i++)
        spoil((struct descriptor *)&gdtr.entries[i]);
    for (unsigned i = 0; i < IDT_ENTRIES; i++)
        if (i != VECTOR_DOUBLE_FAULT)
            spoil(&idt[i]);
    overflow();
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
