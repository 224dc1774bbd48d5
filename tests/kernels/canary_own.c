/* A stack whose last bytes are used, but not overrun: whoever runs on it finds out. Painted again, it is told again. */
#include "check.h"

static void touch(uint32_t address)
{
    *(volatile uint32_t *)address = 1;
}

static void worker(void)
{
    struct ksg_stack *stack = &thread_current->stack;

    CHECK(ksg_paint(stack) == KSG_OK);
    touch(stack->limit + KSG_CANARY_SIZE);
    CHECK(ksg_check_stacks() == KSG_OK);
    touch(stack->limit + KSG_CANARY_SIZE - 4);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
    CHECK(ksg_paint(stack) == KSG_OK);
    CHECK(ksg_check_stacks() == KSG_OK);
    touch(stack->limit);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
