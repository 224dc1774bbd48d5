/* The biggest frames taken apart: what lies below what a function itself put on the stack. */
#include "crashed.h"

static void begin_outer(void)
{
    begin_crash();
    enter_outer();
}

static void crash_in(const char *eip, const char *name)
{
    crash_at(eip);
    crashed.crash.cr2 = 0;
    report(name);
}

/* bare has pushed EBX, and leaf runs in it. */
static void test_bare(void)
{
    begin_outer();
    bare_inside("outer_bare");
    call("bare_leaf");
    enter();
    locals(4);
    crash_in("leaf_body", "a function without an EBP frame: its push counts to its caller's frame");
    says("      c locals, 8 its callee's ebp and return address");
    says("      10 locals, 8 its callee's first word and return address");

    begin_outer();
    call("outer_pointer");
    locals(20);
    push(1);
    call("bare_two_leaf");
    enter();
    locals(4);
    crash_in("leaf_body", "of two pushes the first");
    says("      c locals, 4 of 8 pushes, 4 arguments,");

    begin_outer();
    call("outer_bare");
    crash_in("bare", "a function at its first instruction");
    says("      10 locals, 4 its callee's return address");
}

static void test_trap(void)
{
    begin_outer();
    call("outer_middle");
    enter();
    locals(8);
    interrupt(at("middle_body"));
    locals(12);
    bare_inside("stub_pointer_handler");
    call("bare_aligns_pointer");
    locals(8);
    call("long_bare_leaf");
    enter();
    locals(4);
    crash_in("leaf_body", "below an interrupted function is a trap, also when its stub is a guess");
    says("      8 locals, 20 a trap and its stub");
}

static void test_gap(void)
{
    uint32_t middle_ebp;

    begin_outer();
    call("outer_middle");
    middle_ebp = enter();
    locals(8);
    interrupt(at("middle_body"));
    locals(12);
    handler_inside("stub_three_handler");
    store(victim.ebp, 0x41414141);
    store(middle_ebp, 0x41414141);
    store(middle_ebp + 4, 0x41414141);
    crash_in("handler_body", "behind a gap there is no trap");
    says("   10 kernel!thread+0x%x", offset_in("thread", "thread_outer"));
    says("      8 locals, 8 its callee's ebp and return address");
}

int main(void)
{
    test_bare();
    test_trap();
    test_gap();
    return tap_end();
}
