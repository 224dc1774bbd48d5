/* A stack is used to its end before ksg_install: ksg_check_stacks cannot report that yet, says so, and does it later. */
#include "check.h"

static void worker(void)
{
    struct ksg_stack *stack = &thread_current->stack;

    CHECK(ksg_paint(stack) == KSG_OK);
    CHECK(ksg_check_stacks() == KSG_OK);
    *(volatile uint32_t *)stack->limit = 1;
    CHECK(ksg_check_stacks() == KSG_NOT_INSTALLED);
    CHECK(ksg_check_stacks() == KSG_NOT_INSTALLED);
    console_print("installed\n");
    kernel_install(0);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
}

void scenario(void)
{
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
