/* The order in which the kernel starts, and how kstackguard is added to it. */
#include "kernel.h"

static void KSG_CALL report_finished(void *context)
{
    (void)context;
    exit_machine(EXIT_REPORTED);
}

static void require(int status)
{
    if (status == KSG_OK)
        return;
    console_print("kstackguard: ");
    kernel_panic(ksg_status_text(status));
}

/* All that a kernel has to do to have kstackguard. Its threads' stacks it adds where it makes them: thread.c. */
void kernel_install(const struct ksg_config *config)
{
    struct ksg_config own = {0};

    if (config != 0)
        own = *config;
    if (own.finish == 0)
        own.finish = report_finished;

    require(ksg_add_stack(&boot_thread.stack));
    if (!kernel_options.no_paging)
        require(ksg_guard_page(boot_thread.stack.limit - 1));
    require(ksg_install(&own));
}

_Noreturn void kernel_panic(const char *message)
{
    console_print(message);
    console_print("\n");
    exit_machine(EXIT_PANIC);
}

/* Called by entry.asm on the boot stack. */
_Noreturn void kernel_main(void)
{
    console_init();
    gdt_init();
    idt_init();
    if (!kernel_options.no_paging)
        paging_init();
    pagein_init();
    pic_init();
    user_init();

    scenario();
    exit_machine(EXIT_RETURNED);
}
