/* A second CPU, and a GDT entry that is reserved: in a GDT that both CPUs use it will not do, in one of its own it will. */
#include "check.h"


const struct kernel_options kernel_options = {.free_gdt_entries = 2};


static void second(void)
{
    static struct ksg_cpu room;
    static struct descriptor own[GDT_FREE / 8 + 2];

    CHECK(ksg_install_cpu(&room) == KSG_CPU_SHARES_GDT);
    CHECK(gdt_loaded().entries == gdt && task_register() == 0);
    CHECK(ksg_verify() == KSG_NOT_INSTALLED);
    for (unsigned i = 0; i < GDT_FREE / 8; i++)
        own[i] = gdt[i];
    gdt_load((struct table){sizeof own - 1, own});
    CHECK(ksg_install_cpu(&room) == KSG_OK);
    CHECK(ksg_verify() == KSG_OK);
    ksg_overflow();
}

void scenario(void)
{
    static struct ksg_stack stack = {.name = "second"};
    struct ksg_config config = {.gdt_selector = GDT_FREE};

    kernel_install(&config);
    stack.limit = page_allocate(2) + PAGE_SIZE;
    stack.base = stack.limit + PAGE_SIZE;
    page_unmap(stack.limit - PAGE_SIZE);
    CHECK(ksg_add_stack(&stack) == KSG_OK);
    cpu_start(second, stack.base);
    for (;;)
        __asm__ volatile("pause");
}
