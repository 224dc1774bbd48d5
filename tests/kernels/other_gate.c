/* A host that has a double-fault gate of its own gets it back, byte for byte, and everything else too. */
#include "check.h"

const struct kernel_options kernel_options = {.free_gdt_entries = 2};

static void install_and_uninstall(unsigned gdt_selector)
{
    static struct state before, between, after;
    struct ksg_config config = {.gdt_selector = gdt_selector};

    state_take(&before);
    CHECK(ksg_install(&config) == KSG_OK);
    state_take(&between);
    CHECK(!same_bytes(&between.idt[VECTOR_DOUBLE_FAULT], &before.idt[VECTOR_DOUBLE_FAULT], sizeof idt[0]));
    CHECK(ksg_uninstall() == KSG_OK);
    state_take(&after);
    CHECK(state_same(&before, &after));
    CHECK(ksg_uninstall() == KSG_NOT_INSTALLED);
}

void scenario(void)
{
    idt_set_task_gate(VECTOR_DOUBLE_FAULT, GDT_TSS);
    idt[VECTOR_DOUBLE_FAULT].low |= 0x1234; /* bits that the CPU ignores in a task gate, SDM vol. 3, 6.11 */
    install_and_uninstall(0);
    install_and_uninstall(GDT_FREE);
    install_and_uninstall(0);
    idt_clear(VECTOR_DOUBLE_FAULT);
    install_and_uninstall(GDT_FREE);
    exit_machine(EXIT_PASSED);
}
