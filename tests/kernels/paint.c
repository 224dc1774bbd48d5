/* How deep a painted stack ever got is known to the byte, and told by the report on another stack. */
#include "check.h"
#include "overflow.h"

static void touch(uint32_t address)
{
    *(volatile uint32_t *)address = 1;
}

static void paint(void)
{
    struct ksg_stack *stack = &thread_current->stack;
    uint32_t esp = (uint32_t)__builtin_frame_address(0);

    CHECK(ksg_high_water(stack) == 0);
    CHECK(ksg_paint(stack) == KSG_OK);
    CHECK(ksg_high_water(stack) > stack->base - esp && ksg_high_water(stack) < 0x800);
    touch(stack->base - 0x800);
    CHECK(ksg_high_water(stack) == 0x800);
}

static void leave_alone(void)
{
    CHECK(ksg_high_water(&thread_current->stack) == 0);
}

static void refuse(void)
{
    static struct ksg_stack unknown = {.limit = 0x1000, .base = 0x2000};

    CHECK(ksg_paint(0) == KSG_NULL);
    CHECK(ksg_paint(&unknown) == KSG_NOT_ADDED);
    CHECK(ksg_high_water(0) == 0);
    CHECK(ksg_high_water(&unknown) == 0);
}

void scenario(void)
{
    kernel_install(0);
    refuse();
    thread_run("painted", 0x1000, paint);
    thread_run("not painted", 0x1000, leave_alone);
    thread_run("worker", 0x1000, overflow);
}
