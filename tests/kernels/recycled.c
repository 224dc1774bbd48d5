/* A thread ends, its stack is removed, and structure and memory are used again for another thread: what was painted then says
   nothing of the new one. */
#include "check.h"

#define SIZE 0x1000u

static struct ksg_stack stack;

static void fill(uint32_t word)
{
    for (uint32_t at = stack.limit; at < stack.base; at += 4)
        *(volatile uint32_t *)at = word;
}

void scenario(void)
{
    uint32_t memory = page_allocate(2);

    kernel_install(0);
    stack = (struct ksg_stack){.name = "recycled", .limit = memory, .base = memory + SIZE};
    CHECK(ksg_add_stack(&stack) == KSG_OK);
    CHECK(ksg_paint(&stack) == KSG_OK);
    CHECK(ksg_check_stacks() == KSG_OK);
    CHECK(ksg_remove_stack(&stack) == KSG_OK);
    CHECK(ksg_check_stacks() == KSG_NOT_PAINTED);

    fill(0x12345678); /* somebody else's, for a while */
    CHECK(ksg_add_stack(&stack) == KSG_OK);
    CHECK(ksg_high_water(&stack) == 0);
    CHECK(ksg_check_stacks() == KSG_NOT_PAINTED);
    CHECK(ksg_paint(&stack) == KSG_OK);
    CHECK(ksg_check_stacks() == KSG_OK);

    /* Trampled and told; the next one that has it is told again. */
    fill(0);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
    CHECK(ksg_remove_stack(&stack) == KSG_OK);
    stack.limit += SIZE;
    stack.base += SIZE;
    CHECK(ksg_add_stack(&stack) == KSG_OK);
    CHECK(ksg_check_stacks() == KSG_NOT_PAINTED);
    CHECK(ksg_paint(&stack) == KSG_OK);
    fill(0);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
    exit_machine(EXIT_PASSED);
}
