/* A stack whose last bytes are used, but not overrun: whoever runs on it finds out. Painted again, it is told again. */
#include "check.h"

#define CALLS 8 /* in which each word of the canary is looked at */

static void touch(uint32_t address)
{
    *(volatile uint32_t *)address = 1;
}

/* What so many calls come to. */
__attribute__((noinline)) static int check_often(void)
{
    int status = KSG_OK;

    for (unsigned i = 0; i < CALLS && status == KSG_OK; i++)
        status = ksg_check_stacks();
    return status;
}

static void worker(void)
{
    struct ksg_stack *stack = &thread_current->stack;

    CHECK(ksg_paint(stack) == KSG_OK);
    touch(stack->limit + KSG_CANARY_SIZE);
    CHECK(check_often() == KSG_OK);
    touch(stack->limit + KSG_CANARY_SIZE - 4);
    CHECK(check_often() == KSG_STACK_TRAMPLED);
    CHECK(ksg_paint(stack) == KSG_OK);
    CHECK(check_often() == KSG_OK);
    touch(stack->limit + 28);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
