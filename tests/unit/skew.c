/* Stacks whose words lie off the multiples of 4. victim.S has the code. */
#include "skew.h"

#include "registry.h"
#include "victim.h"

#define OFF 3u /* bytes by which the base was rounded up */
#define ABOVE_SKEWED_OUTER "10 thread_outer\nb (rest)\nend: zero\n"
#define ABOVE_SKEWED_MIDDLE "18 outer_middle\n" ABOVE_SKEWED_OUTER

static void to_skewed_outer(void)
{
    begin();
    locals(OFF);
    enter_outer();
}

static void to_skewed_middle(void)
{
    to_skewed_outer();
    call("outer_middle");
    enter();
    locals(8);
}

static void test_begin(void)
{
    to_skewed_middle();
    expect("ESP and EBP are off alike", "middle_body", "8 middle_body\n" ABOVE_SKEWED_MIDDLE);

    to_skewed_middle();
    call("middle_leaf");
    expect("at a function's first instruction", "leaf", "0 leaf\nc middle_leaf\n" ABOVE_SKEWED_MIDDLE);

    to_skewed_outer();
    bare_inside("outer_bare");
    victim.ebp = 0;
    expect("EBP says nothing: the code says where the return address is", "bare_body",
           "c bare_body frameless\n18 outer_bare\n10 thread_outer\nb (rest)\nend: zero\n");

    to_skewed_outer();
    bare_inside("outer_pointer");
    expect("whoever called it", "bare_body", "c bare_body frameless\n18 outer_pointer\n" ABOVE_SKEWED_OUTER);

    to_skewed_middle();
    locals(2);
    expect("only ESP is off otherwise, by a push of 16 bits", "middle_body", "a middle_body\n" ABOVE_SKEWED_MIDDLE);

    to_skewed_middle();
    store(victim.ebp, victim.ebp + 0x1b);
    expect("a saved EBP that is off otherwise is wrong", "middle_body",
           "8 middle_body\n18 outer_middle recovered\n10 thread_outer recovered\nb (rest)\nend: zero\n");
}

static void test_aligned_below(void)
{
    to_skewed_middle();
    interrupt(at("middle_body"));
    enter();
    victim.esp &= ~15u;
    handler_inside("stub_aligns_handler");
    expect("a stub aligned ESP", "handler_body",
           "8 handler_body\n0 stub_aligns_handler trap\n25 middle_body\n" ABOVE_SKEWED_MIDDLE);

    to_skewed_middle();
    push(at("middle_leaf"));
    victim.esp &= ~15u;
    call("middle_leaf");
    enter();
    locals(4);
    expect("a function did", "leaf_body", "4 leaf_body\n15 middle_leaf\n" ABOVE_SKEWED_MIDDLE);

    to_skewed_outer();
    call("outer_pointer");
    enter();
    locals(8);
    push(at("middle_leaf"));
    victim.esp &= ~15u;
    call("middle_leaf");
    enter();
    locals(4);
    expect("but no direct CALL says that EBP is right", "leaf_body",
           "4 leaf_body\n- middle_leaf lost\n48 (rest)\nend: odd\n");
}

/* --- other stacks --- */

static struct ksg_stack thread_stack = {.name = "thread", .limit = STACK_BASE - STACK_SIZE, .base = STACK_BASE};

#define INTERRUPT_BASE 0xc0402000u
#define INTERRUPT_SIZE 0x1000u

static void switch_stacks(uint32_t off)
{
    pieces_add(&victim.pieces, INTERRUPT_BASE - INTERRUPT_SIZE, INTERRUPT_SIZE);
    victim.limit = INTERRUPT_BASE - INTERRUPT_SIZE;
    victim.base = INTERRUPT_BASE;
    victim.esp = INTERRUPT_BASE - off;
    victim.start.stacks = &thread_stack;
}

static void test_other_stacks(void)
{
    if (ksg_add_stack(&thread_stack) != KSG_OK)
        ok(false, "the stack is registered");

    to_skewed_outer();
    call("outer_switches");
    enter();
    switch_stacks(0);
    handler_inside("switches_handler");
    expect("from an aligned stack", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 switches_handler\n18 outer_switches\n" ABOVE_SKEWED_OUTER);

    to_outer();
    call("outer_switches");
    enter();
    switch_stacks(OFF);
    handler_inside("switches_handler");
    expect("to an aligned stack", "handler_body",
           "8 handler_body\nb (rest)\non thread\n0 switches_handler\n18 outer_switches\n" ABOVE_OUTER);

    to_skewed_outer();
    call("outer_pointer");
    enter();
    switch_stacks(0);
    handler_inside("switches_handler");
    expect("not where no direct CALL says so", "handler_body",
           "8 handler_body\n- switches_handler lost\n8 (rest)\nend: odd\n");
}

int main(void)
{
    test_begin();
    test_aligned_below();
    test_other_stacks();
    return tap_end();
}
