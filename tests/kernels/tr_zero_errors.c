/* Without a TSS two GDT entries in a row are needed: refused where the second is in use, or beyond the GDT. */
#include "check.h"

const struct kernel_options kernel_options = {.no_task_register = true, .free_gdt_entries = 2};

static void refused(unsigned gdt_selector, int status)
{
    static struct state before, after;
    struct ksg_config config = {.gdt_selector = gdt_selector};

    state_take(&before);
    CHECK(ksg_install(&config) == status);
    state_take(&after);
    CHECK(state_same(&before, &after));
}

void scenario(void)
{
    refused(GDT_FREE + 8, KSG_BAD_SELECTOR);
    gdt[GDT_FREE / 8 + 1] = gdt[KERNEL_DATA / 8];
    refused(GDT_FREE, KSG_SELECTOR_IN_USE);
    exit_machine(EXIT_PASSED);
}
