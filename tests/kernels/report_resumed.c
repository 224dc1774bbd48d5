/* A hook double-faults within a report on demand. The report is finished without it, and the kernel still lives. */
#include "check.h"

#define CHARACTERS 700 /* that the hook takes */
#define NOWHERE 0xf0000000u

static struct state before, after;

static void KSG_CALL put(void *context, char character)
{
    static unsigned taken;

    (void)context;
    if (taken++ == CHARACTERS)
        __asm__ volatile("mov %0, %%esp\n\tpush %0" : : "r"(NOWHERE));
    console_put(character);
}

static void worker(void)
{
    state_take(&before);
    CHECK(ksg_report(0, "the hook will fail") == KSG_OK);
    state_take(&after);
    CHECK(state_same(&before, &after));
    CHECK(ksg_verify() == KSG_OK);
    ksg_overflow();
}

void scenario(void)
{
    struct ksg_config config = {.put = put};

    kernel_install(&config);
    thread_run("worker", 0x1000, worker);
}
