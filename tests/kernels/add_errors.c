/* Each reason why a stack or a module is not taken, or not given back. */
#include "check.h"

static struct ksg_stack good_stack = {.name = "good", .limit = 0x1000, .base = 0x2000};
static const struct ksg_range text[] = {{0x1000, 0x2000}, {0x3000, 0x3001}};
static struct ksg_module good_module = {.name = "good", .ranges = text, .range_count = 2};

static void stacks(void)
{
    static struct ksg_stack stack;
    static const struct {
        ksg_address limit, base;
    } bad[] = {{0x2000, 0x1000}, {0x1000, 0x1000}, {0, 0}, {0x1001, 0x2000}, {0x1000, 0x2002}};

    CHECK(ksg_add_stack(0) == KSG_NULL);
    CHECK(ksg_remove_stack(0) == KSG_NULL);
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        stack.limit = bad[i].limit;
        stack.base = bad[i].base;
        CHECK(ksg_add_stack(&stack) == KSG_BAD_STACK);
        CHECK(ksg_remove_stack(&stack) == KSG_NOT_ADDED);
    }
    CHECK(ksg_remove_stack(&good_stack) == KSG_NOT_ADDED);
    CHECK(ksg_add_stack(&good_stack) == KSG_OK);
    CHECK(ksg_add_stack(&good_stack) == KSG_ALREADY_ADDED);
    CHECK(ksg_remove_stack(&good_stack) == KSG_OK);
    CHECK(ksg_remove_stack(&good_stack) == KSG_NOT_ADDED);
    CHECK(ksg_add_stack(&good_stack) == KSG_OK);
}

static void modules(void)
{
    static const struct ksg_range backward = {0x2000, 0x1000}, empty = {0x1000, 0x1000};
    static const uint32_t no_table[16];
    static struct ksg_module module;

    CHECK(ksg_add_module(0) == KSG_NULL);
    CHECK(ksg_remove_module(0) == KSG_NULL);
    CHECK(ksg_add_module(&module) != KSG_OK);
    module = (struct ksg_module){.ranges = text};
    CHECK(ksg_add_module(&module) == KSG_BAD_MODULE);
    module = (struct ksg_module){.ranges = text, .range_count = 4097};
    CHECK(ksg_add_module(&module) == KSG_BAD_MODULE);
    module = (struct ksg_module){.ranges = &backward, .range_count = 1};
    CHECK(ksg_add_module(&module) == KSG_BAD_MODULE);
    module = (struct ksg_module){.ranges = &empty, .range_count = 1};
    CHECK(ksg_add_module(&module) == KSG_BAD_MODULE);
    module = (struct ksg_module){.ranges = text, .range_count = 1, .symbols = no_table};
    CHECK(ksg_add_module(&module) == KSG_BAD_SYMBOLS);
    CHECK(ksg_remove_module(&module) == KSG_NOT_ADDED);
    CHECK(ksg_add_module(&good_module) == KSG_OK);
    CHECK(ksg_add_module(&good_module) == KSG_ALREADY_ADDED);
    CHECK(ksg_remove_module(&good_module) == KSG_OK);
    CHECK(ksg_remove_module(&good_module) == KSG_NOT_ADDED);
}

void scenario(void)
{
    stacks();
    modules();
    exit_machine(EXIT_PASSED);
}
