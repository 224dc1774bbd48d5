/* The hooks that a report calls ask for reports themselves: of a kernel that lives on, and of one that does not. */
#include "overflow.h"

static unsigned refused;

static void KSG_CALL put(void *context, char character)
{
    (void)context;
    if (ksg_report(0, "from put") == KSG_BUSY)
        refused++;
    console_put(character);
}

static int KSG_CALL find_stack(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context, (void)esp, (void)found;
    if (ksg_report(0, "from find_stack") == KSG_BUSY)
        refused++;
    return 0;
}

static void KSG_CALL finish(void *context)
{
    (void)context;
    console_print(ksg_report(0, "from finish") == KSG_BUSY && refused > 1000 ? "all refused\n" : "not refused\n");
    exit_machine(EXIT_REPORTED);
}

static void worker(void)
{
    ksg_remove_stack(&thread_current->stack);
    if (ksg_report(0, "the outer one") != KSG_OK)
        exit_machine(EXIT_FAILED);
    overflow();
    ksg_add_stack(&thread_current->stack);
}

void scenario(void)
{
    struct ksg_config config = {.put = put, .find_stack = find_stack, .finish = finish};

    kernel_install(&config);
    thread_run("worker", 0x1000, worker);
}
