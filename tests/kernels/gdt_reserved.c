/* A host GDT with an entry for the module: the GDT stays where it is, and only that entry changes. */
#include "check.h"
#include "overflow.h"

const struct kernel_options kernel_options = {.free_gdt_entries = 3};

#define SELECTOR (GDT_FREE + 8)

void scenario(void)
{
    static struct state before, after;
    struct ksg_config config = {.gdt_selector = SELECTOR};

    state_take(&before);
    kernel_install(&config);
    state_take(&after);
    CHECK(same_bytes(&after.gdtr, &before.gdtr, sizeof after.gdtr));
    CHECK(!same_bytes(&after.gdt[SELECTOR / 8], &before.gdt[SELECTOR / 8], sizeof gdt[0]));
    after.gdt[SELECTOR / 8] = before.gdt[SELECTOR / 8];
    CHECK(same_bytes(after.gdt, before.gdt, sizeof gdt));
    CHECK(idt[VECTOR_DOUBLE_FAULT].low >> 16 == SELECTOR);
    thread_run("worker", 0x1000, overflow);
}
