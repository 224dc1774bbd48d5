/* Both hooks of a report on demand fault, in a kernel without a TSS of its own. That costs what they had to say, and leaves
   the kernel as it was. */
#include "check.h"

#define CHARACTERS 700 /* that put takes */
#define NOWHERE 0xf0000000u

const struct kernel_options kernel_options = {.free_gdt_entries = 2, .no_task_register = true};

static struct state before, after;

static void KSG_CALL put(void *context, char character)
{
    static unsigned taken;

    (void)context;
    if (taken++ % (CHARACTERS + 1) == CHARACTERS)
        *(volatile uint32_t *)NOWHERE = 0;
    console_put(character);
}

static int KSG_CALL find_stack(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context, (void)esp;
    found->limit = *(volatile uint32_t *)NOWHERE;
    return 1;
}

static void worker(void)
{
    CHECK(ksg_remove_stack(&thread_current->stack) == KSG_OK);
    state_take(&before);
    CHECK(ksg_report(0, "first") == KSG_OK);
    CHECK(ksg_report(0, "second") == KSG_OK);
    state_take(&after);
    CHECK(state_same(&before, &after));
    CHECK(ksg_verify() == KSG_OK);
}

void scenario(void)
{
    struct ksg_config config = {.gdt_selector = GDT_FREE, .put = put, .find_stack = find_stack};

    kernel_install(&config);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
