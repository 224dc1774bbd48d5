/* Interrupts on the stack: stubs of any kind, whatever they interrupted. victim.S has the code. */
#include "trap.h"

#include "victim.h"

static void test_stubs(void)
{
    to_middle();
    interrupt(at("middle_body"));
    in_stub();
    expect("vector and all registers", "handler_body",
           "8 handler_body\n0 stub_handler trap\n48 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2); /* error code */
    push(14);
    pushad();
    push(0x10);
    push(0x10);
    handler_inside("stub_common_handler");
    expect("an error code, two stubs, segments", "handler_body",
           "8 handler_body\n0 stub_common_handler trap\n4c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    enter();
    locals(12);
    handler_inside("stub_framed_handler");
    expect("a stub with an EBP frame", "handler_body",
           "8 handler_body\n0 stub_framed_handler trap\n2c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    enter();
    pushad();
    handler_inside("stub_framed_error_handler");
    expect("a stub with an EBP frame above an error code", "handler_body",
           "8 handler_body\n0 stub_framed_error_handler trap\n44 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    push(14);
    enter();
    pushad();
    handler_inside("stub_framed_vector_handler");
    expect("and a vector", "handler_body",
           "8 handler_body\n0 stub_framed_vector_handler trap\n48 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    locals(16);
    enter();
    pushad();
    handler_inside("stub_framed_far_handler");
    expect("and more words, above registers that hold its own EBP", "handler_body",
           "8 handler_body\n0 stub_framed_far_handler trap\n50 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(EFLAGS);
    push(KERNEL_CS);
    push(at("other"));
    handler_inside("stub_jumps_handler");
    expect("a stub whose end is elsewhere, and whose words look like a trap frame", "handler_body",
           "8 handler_body\n0 stub_jumps_handler trap\n28 middle_body\n" ABOVE_MIDDLE);

    to_outer();
    push(EFLAGS);
    push(KERNEL_CS);
    call("outer_pointer");
    handler_inside("stops_handler");
    expect("no stub: what stands behind ud2 is another function's", "handler_body",
           "8 handler_body\n4 stops_handler frameless\n20 outer_pointer\n" ABOVE_OUTER);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    victim.ebp = 0;
    handler_inside("stub_zero_handler");
    expect("a stub that calls with EBP 0", "handler_body",
           "8 handler_body\n0 stub_zero_handler trap\n3c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    locals(12);
    handler_inside("stub_three_handler");
    expect("a stub that leaves EBP alone", "handler_body",
           "8 handler_body\n0 stub_three_handler trap\n28 middle_body\n" ABOVE_MIDDLE);
}

static void dark_framed_inside(void)
{
    enter();
    pushad();
    handler_inside("stub_dark_framed_handler");
}

/* Where the stub's code does not tell, what is on the stack has to. */
static void test_stubs_by_shape(void)
{
    to_middle();
    interrupt(at("middle_body"));
    dark_framed_inside();
    expect("right above a record of the stub's own", "handler_body",
           "8 handler_body\n0 stub_dark_framed_handler trap\n40 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    dark_framed_inside();
    expect("with an error code between them", "handler_body",
           "8 handler_body\n0 stub_dark_framed_handler trap\n44 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    push(14);
    dark_framed_inside();
    expect("and a vector", "handler_body",
           "8 handler_body\n0 stub_dark_framed_handler trap\n48 middle_body\n" ABOVE_MIDDLE);

    /* Words like those of a trap frame, but for one, below the true one. */
    to_middle();
    interrupt(at("middle_body"));
    push(EFLAGS);
    push(0x20);
    push(at("other"));
    pushad();
    handler_inside("stub_dark_handler");
    expect("not the kernel's code segment", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n48 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(EFLAGS);
    push(KERNEL_CS);
    push(0x12345678);
    pushad();
    handler_inside("stub_dark_handler");
    expect("no code at EIP", "handler_body", "8 handler_body\n0 stub_dark_handler trap\n48 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(EFLAGS | 8);
    push(KERNEL_CS);
    push(at("other"));
    pushad();
    handler_inside("stub_dark_handler");
    expect("EFLAGS that the CPU does not have", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n48 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    handler_inside("stub_dark_handler");
    expect("EBP leads beyond the trap frame", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n3c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    locals(12);
    handler_inside("stub_dark_three_handler");
    expect("without all registers, too", "handler_body",
           "8 handler_body\n0 stub_dark_three_handler trap\n28 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    store(victim.esp + 12, 0);
    victim.ebp = 0;
    handler_inside("stub_dark_zero_handler");
    expect("EBP is 0, and nothing tells what it was", "handler_body",
           "8 handler_body\n0 stub_dark_zero_handler trap\n3c middle_body recovered\n18 outer_middle recovered\n"
           "10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    victim.ebp = 0;
    handler_inside("stub_dark_zero_handler");
    expect("EBP is 0, but all registers were pushed", "handler_body",
           "8 handler_body\n0 stub_dark_zero_handler trap\n3c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    victim.ebp = victim.esp;
    handler_inside("stub_dark_handler");
    expect("EBP points to the registers", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n3c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    in_stub();
    forget_code();
    expect("no code can be read", "handler_body", "8 handler_body\n0 stub_handler trap\n48 middle_body\n" ABOVE_MIDDLE);

    to_outer();
    call("outer_pointer");
    push(EFLAGS);
    push(KERNEL_CS);
    call("calls_service_back");
    pushad();
    handler_inside("service_handler");
    expect(
        "a stub entered by a call, whose caller made the rest of the frame: a call like any other", "handler_body",
        "8 handler_body\n24 service_handler frameless\nc calls_service_back frameless\n18 outer_pointer\n" ABOVE_OUTER);

    /* handler called long_bare by pointer, and that leaf: what is long_bare's is not the stub's. */
    to_middle();
    interrupt(at("middle_body"));
    in_stub();
    call("handler_pointer");
    locals(8);
    call("long_bare_leaf");
    enter();
    locals(4);
    expect("a trap further out belongs to the stub, not to what its handler called", "leaf_body",
           "4 leaf_body\nc long_bare_leaf guess\n10 handler_pointer guess\n0 stub_handler trap\n48 "
           "middle_body\n" ABOVE_MIDDLE);

    /* So with EBP as it was at the trap: neither the stub nor what it called use it. */
    to_middle();
    interrupt(at("middle_body"));
    locals(12);
    bare_inside("stub_pointer_handler");
    call("bare_aligns_pointer");
    locals(8);
    call("long_bare_leaf");
    enter();
    locals(4);
    expect("nor where EBP ties both to it", "leaf_body",
           "4 leaf_body\nc long_bare_leaf guess\n14 bare_aligns_pointer guess\n0 stub_pointer_handler guess trap\n"
           "28 middle_body guess\n" ABOVE_MIDDLE);

    /* What an interrupt left in the locals of a function that was called. */
    to_outer();
    call("outer_middle");
    enter();
    locals(8);
    interrupt(at("middle_body"));
    locals(8);
    call("middle_leaf");
    enter();
    locals(4);
    forget_symbols();
    expect("a stale trap frame below a function that has no name, but returns", "leaf_body",
           "4 leaf_body\n24 middle_leaf\n" ABOVE_MIDDLE);

    to_outer();
    call("outer_pointer");
    enter();
    locals(8);
    interrupt(at("middle_body"));
    locals(8);
    call("long_framed_leaf");
    enter();
    locals(4);
    expect("or whose end is not seen, but that sets up EBP", "leaf_body",
           "4 leaf_body\n24 long_framed_leaf\n18 outer_pointer\n" ABOVE_OUTER);

    to_outer();
    call("outer_long_bare");
    locals(16);
    interrupt(at("middle_body"));
    locals(16);
    call("long_bare_leaf");
    victim.ebp = 0x12345678;
    enter();
    locals(4);
    forget_symbols();
    expect("or that EBP does not tie to it", "leaf_body",
           "4 leaf_body\n48 long_bare_leaf guess\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_outer();
    call("outer_long_bare");
    locals(16);
    interrupt(at("middle_body"));
    locals(16);
    call("long_bare_leaf");
    enter();
    locals(4);
    expect("a stale trap frame in the locals of a function that was called", "leaf_body",
           "4 leaf_body\n30 long_bare_leaf guess\n18 outer_long_bare\n" ABOVE_OUTER);

    to_outer();
    call("outer_pointer");
    locals(STACK_BOTTOM);
    interrupt_from_user(0x08048123);
    locals(16);
    call("long_bare_leaf");
    enter();
    locals(4);
    expect("or one from user mode, which is not where a stack begins", "leaf_body",
           "4 leaf_body\na8 long_bare_leaf guess\n18 outer_pointer guess\n" ABOVE_OUTER);
}

/* Where the stub's code leads to no end, and EBP ties nothing to it: the frame is where the stub was entered. */
static void test_stubs_that_stop(void)
{
    to_middle();
    interrupt(at("middle_body"));
    expect("a stub that never goes on, at its first push", "stub_stops",
           "0 stub_stops trap\n14 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    push(14);
    expect("above an error code and a vector", "stub_stops", "0 stub_stops trap\n1c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    push(14);
    push(7);
    expect("more words than those are none of the CPU's", "stub_stops",
           "20 stub_stops guess\n18 outer_middle\n" ABOVE_OUTER);

    to_middle();
    interrupt(at("middle_body"));
    push(0x12345678);
    expect("and so is a larger one", "stub_stops", "18 stub_stops guess\n18 outer_middle\n" ABOVE_OUTER);

    to_outer();
    call("outer_pointer");
    push(victim.ebp);
    locals(8);
    victim.ebp = 1000;
    interrupt(at("counts_turn"));
    locals(12);
    handler_inside("stub_stops_handler");
    expect("in its handler, whatever EBP was", "handler_body",
           "8 handler_body\n0 stub_stops_handler trap\n28 counts_turn frameless\n18 outer_pointer\n" ABOVE_OUTER);

    to_middle();
    interrupt(at("middle_body"));
    push(victim.ebp);
    victim.ebp = 0;
    handler_inside("stub_stops_zero_handler");
    expect("EBP is where it was pushed", "handler_body",
           "8 handler_body\n0 stub_stops_zero_handler trap\n20 middle_body\n" ABOVE_MIDDLE);

    to_outer();
    push(EFLAGS);
    push(KERNEL_CS);
    call("outer_pointer");
    locals(8);
    expect("a return address is no interrupted EIP", "spins_body",
           "4 spins_body frameless\n20 outer_pointer\n" ABOVE_OUTER);

    to_outer();
    call("outer_pointer");
    locals(16);
    interrupt(at("spins_body"));
    locals(8);
    expect("a stub without an end does not interrupt itself: ESP is not what it was", "spins_body",
           "20 spins_body guess\n18 outer_pointer guess\n" ABOVE_OUTER);

    begin();
    locals(0x1000);
    interrupt_from_user(0x08048123);
    victim.ebp = 0;
    expect("from user mode only where a stack begins", "stub_stops", "- stub_stops lost\n1014 (rest)\nend: zero\n");

    begin();
    expect("nothing is above it", "stub_stops", "- stub_stops lost\n0 (rest)\nend: zero\n");
}

/* Nothing but its shape shows each trap; that no call of its stub is anywhere, each word is looked at for once. */
static void test_many_by_shape(void)
{
    struct walk walk;
    struct row row;
    unsigned traps = 0, levels = 0;

    to_middle();
    victim.code.lookup_work = 8; /* of many modules */
    while (victim.esp > victim.limit + 0x80) {
        interrupt(at("middle_body"));
        pushad();
        locals(victim.esp % 16);
        call("stub_dark_aligned_handler");
        enter();
        locals(8);
        call("handler_pointer");
        enter();
        locals(8);
        levels++;
    }
    run_at(at("middle_body"));
    walk_begin_first(&walk, &victim.start);
    while (walk_next(&walk, &row))
        traps += row.stub && row.trust == TRUST_TRAP;
    ok(walk.end == WALK_ZERO && traps == levels && levels > 100, "a stack full of traps is walked to its end");
}

/* middle was interrupted; then words like a trap frame with this CS, and all registers below them. */
static void decoy_with_cs(uint32_t cs)
{
    to_middle();
    interrupt(at("middle_body"));
    push(USER_SS);
    push(0xbffff000);
    push(EFLAGS);
    push(cs);
    push(at("other"));
    pushad();
    handler_inside("stub_dark_handler");
    run_at(at("handler_body"));
    victim.start.view.kernel_cs = 0;
}

static void test_code_segments(void)
{
    static const uint32_t none[] = {0, 3, 9, 0xc};
    char name[80];

    for (unsigned i = 0; i < sizeof none / sizeof none[0]; i++) {
        decoy_with_cs(none[i]);
        snprintf(name, sizeof name, "the kernel's code segment is not known, but %" PRIx32 " cannot be it", none[i]);
        expect_rows(name, "8 handler_body\n0 stub_dark_handler trap\n50 middle_body\n" ABOVE_MIDDLE);
    }
    decoy_with_cs(0x20);
    expect_rows("20 can", "8 handler_body\n0 stub_dark_handler trap\n50 other guess\n18 outer_middle\n" ABOVE_OUTER);
}

/* Words beyond the base belong to somebody else, whatever they look like. */
static void test_cut_off(void)
{
    begin();
    interrupt_from_user(0x08048123);
    locals(12);
    victim.ebp = 0;
    handler_inside("stub_dark_three_handler");
    victim.base -= 4;
    expect("SS is beyond the base", "handler_body",
           "8 handler_body\n- stub_dark_three_handler lost\n24 (rest)\nend: zero\n");

    begin();
    for (unsigned i = 0; i < 4; i++)
        push(0x1000);
    push(USER_SS);
    push(0xfffe);
    push(EFLAGS_V86);
    push(0xf000);
    push(0x1234);
    locals(12);
    victim.ebp = 0;
    handler_inside("stub_dark_three_handler");
    victim.base -= 4;
    expect("GS is", "handler_body", "8 handler_body\n- stub_dark_three_handler lost\n34 (rest)\nend: zero\n");

    begin();
    interrupt(at("middle_body"));
    in_stub();
    victim.base -= 4;
    expect("EFLAGS is", "handler_body", "8 handler_body\n- stub_handler lost\n3c (rest)\nend: zero\n");

    begin();
    interrupt(at("middle_body"));
    in_stub();
    victim.base -= 12;
    expect("all of it is", "handler_body", "8 handler_body\n- stub_handler lost\n34 (rest)\nend: zero\n");
}

static void test_nested_interrupts(void)
{
    to_middle();
    interrupt(at("middle_body"));
    in_stub();
    interrupt(at("handler_body"));
    enter();
    locals(12);
    handler_inside("stub_framed_handler");
    expect("an interrupt in a handler", "handler_body",
           "8 handler_body\n0 stub_framed_handler trap\n2c handler_body\n0 stub_handler trap\n48 "
           "middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(0);
    push(32);
    interrupt(at("stub_vector"));
    in_stub();
    expect("in a stub's first instructions", "handler_body",
           "8 handler_body\n0 stub_handler trap\n0 stub_vector trap\n5c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(0);
    push(32);
    interrupt(at("stub_restored"));
    in_stub();
    expect("in its last ones", "handler_body",
           "8 handler_body\n0 stub_handler trap\n0 stub_restored trap\n5c middle_body\n" ABOVE_MIDDLE);
}

/* Above: where middle or outer had been. handler's frame, the stub's pushes and the trap frame take 40h. */
static void test_interrupted_anywhere(void)
{
    to_middle();
    call("middle_leaf");
    interrupt(at("leaf"));
    in_stub();
    expect("a function's first instruction was interrupted", "handler_body",
           "8 handler_body\n0 stub_handler trap\n3c leaf\n10 middle_leaf\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_leaf");
    push(victim.ebp);
    interrupt(at("leaf_pushed"));
    in_stub();
    expect("after push ebp", "handler_body",
           "8 handler_body\n0 stub_handler trap\n40 leaf_pushed\n10 middle_leaf\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_middle");
    push(victim.ebp);
    interrupt(at("middle_pushed"));
    in_stub();
    call("handler_pointer");
    push(victim.ebp);
    interrupt(at("middle_pushed"));
    in_stub();
    expect("twice the same instruction", "handler_body",
           "8 handler_body\n0 stub_handler trap\n40 middle_pushed\n10 handler_pointer\n0 stub_handler trap\n"
           "40 middle_pushed\n10 middle_middle\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_pops");
    interrupt(at("pops_popped"));
    in_stub();
    expect("after pop ebp", "handler_body",
           "8 handler_body\n0 stub_handler trap\n3c pops_popped\n10 middle_pops\n" ABOVE_MIDDLE);

    to_outer();
    call("outer_pointer");
    push(victim.ebp);
    locals(8);
    victim.ebp = 1000;
    interrupt(at("counts_turn"));
    in_stub();
    expect("in a loop, where EBP is the caller's in the first turn only", "handler_body",
           "8 handler_body\n0 stub_handler trap\n48 counts_turn frameless\n18 outer_pointer\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    interrupt(at("bare_body"));
    in_stub();
    expect("in a frameless function", "handler_body",
           "8 handler_body\n0 stub_handler trap\n4c bare_body frameless\n18 outer_bare\n" ABOVE_OUTER);
}

static void test_victim_stubs(void)
{
    to_middle();
    interrupt(at("middle_body"));
    expect("a stub at its first push", "stub", "0 stub trap\n14 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(0);
    push(32);
    expect("at its pushad", "stub_vector", "0 stub_vector trap\n1c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push_registers(32);
    expect("at its call", "stub_registers", "0 stub_registers trap\n3c middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    expect("above an error code", "stub_error", "0 stub_error trap\n18 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    enter();
    pushad();
    expect("with an EBP frame, where its code does not tell", "stub_dark_framed_registers",
           "20 stub_dark_framed_registers trap\n18 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    store(victim.ebp, 0x41414141);
    store(victim.ebp + 4, 0x41414141);
    interrupt(at("middle_body"));
    expect("the chain is broken right above it", "stub",
           "0 stub trap\n- middle_body lost\n2c (gap)\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    interrupt(at("middle_body"));
    expect("with an EBP frame still to come", "stub_framed", "0 stub_framed trap\n14 middle_body\n" ABOVE_MIDDLE);
}

/* f(8, 246h): the words above its return address look like CS and EFLAGS. */
static void test_lookalike_arguments(void)
{
    to_outer();
    push(EFLAGS);
    push(KERNEL_CS);
    call("outer_middle");
    enter();
    locals(8);
    expect("arguments that look like a trap frame", "middle_body", "8 middle_body\n20 outer_middle\n" ABOVE_OUTER);

    to_outer();
    push(EFLAGS);
    push(KERNEL_CS);
    call("outer_pointer");
    enter();
    locals(8);
    call("middle_leaf");
    enter();
    locals(4);
    expect("of a call by pointer", "leaf_body", "4 leaf_body\n10 middle_leaf\n20 outer_pointer\n" ABOVE_OUTER);
}

/* A saved EBP that was overwritten, and leads to the word below the trap frame: the function whose it is returns, it is no
   stub. */
static void test_lookalike_record(void)
{
    uint32_t below;

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    below = victim.esp;
    in_stub();
    call("handler_pointer");
    enter();
    locals(16);
    call("outer_middle");
    enter();
    locals(8);
    store(victim.ebp, below);
    expect("a saved ebp that leads to a trap frame", "middle_body",
           "8 middle_body\n18 outer_middle guess\n10 handler_pointer recovered\n0 stub_handler recovered trap\n"
           "4c middle_body recovered\n18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");
}

/* --- from user mode --- */

static void test_user_mode(void)
{
    struct walk walk;
    struct row row;

    begin();
    interrupt_from_user(0x08048123);
    victim.ebp = 0xbfffe000;
    in_stub();
    expect("from user mode", "handler_body",
           "8 handler_body\n0 stub_handler trap\n- 8048123 user\n48 (entry)\nend: user\n");
    walk_begin(&walk, &victim.start);
    while (walk_next(&walk, &row) && row.kind != ROW_USER)
        ;
    ok(row.kind == ROW_USER && row.child_ebp == 0xbfffe000, "with the user's EBP");

    begin();
    interrupt_from_user(0x08048123);
    victim.ebp = 0xbfffe000;
    pushad();
    handler_inside("stub_dark_handler");
    expect("known by its shape", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n- 8048123 user\n3c (entry)\nend: user\n");

    begin();
    locals(0x220); /* x86 Windows: the FPU's state, and what virtual-8086 mode adds to the trap frame */
    interrupt_from_user(0x08048123);
    victim.ebp = 0xbfffe000;
    pushad();
    handler_inside("stub_dark_handler");
    expect("with what the kernel keeps above it", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n- 8048123 user\n25c (entry)\nend: user\n");

    begin();
    locals(0x1000);
    interrupt_from_user(0x08048123);
    victim.ebp = 0;
    pushad();
    handler_inside("stub_dark_handler");
    expect("but not as much as a page", "handler_body",
           "8 handler_body\n- stub_dark_handler lost\n103c (rest)\nend: zero\n");

    begin();
    interrupt_from_user(0x08048123);
    victim.ebp = 0xbfffe000;
    locals(12);
    handler_inside("stub_dark_three_handler");
    expect("whatever EBP was", "handler_body",
           "8 handler_body\n0 stub_dark_three_handler trap\n- 8048123 user\n28 (entry)\nend: user\n");

    begin();
    interrupt_from_user(0x08048123);
    store(victim.esp + 4, 0x12340000 | USER_CS);
    store(victim.esp + 16, 0x56780000 | USER_SS);
    victim.ebp = 0xbfffe000;
    in_stub();
    expect("selectors with anything in their upper halves, where the stub's code tells", "handler_body",
           "8 handler_body\n0 stub_handler trap\n- 8048123 user\n48 (entry)\nend: user\n");

    begin();
    interrupt_from_user(0x08048123);
    store(victim.esp + 4, 0x12340000 | USER_CS);
    locals(12);
    victim.ebp = 0;
    handler_inside("stub_dark_three_handler");
    expect("but not where it does not: CS", "handler_body",
           "8 handler_body\n- stub_dark_three_handler lost\n28 (rest)\nend: zero\n");

    begin();
    interrupt_from_user(0x08048123);
    store(victim.esp + 16, 0x56780000 | USER_SS);
    locals(12);
    victim.ebp = 0;
    handler_inside("stub_dark_three_handler");
    expect("SS", "handler_body", "8 handler_body\n- stub_dark_three_handler lost\n28 (rest)\nend: zero\n");

    begin();
    push(0x7b);
    push(0xbffff000);
    push(EFLAGS);
    push(0x73);
    push(0x08048123);
    pushad();
    handler_inside("stub_dark_handler");
    expect("any selectors of ring 3", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n- 8048123 user\n3c (entry)\nend: user\n");

    begin();
    push(0x10); /* SS of ring 0: no frame from ring 3 */
    push(0xbffff000);
    push(EFLAGS);
    push(USER_CS);
    push(0x08048123);
    pushad();
    victim.ebp = 0;
    handler_inside("stub_dark_handler");
    expect("a stack segment of ring 0 is none", "handler_body",
           "8 handler_body\n- stub_dark_handler lost\n3c (rest)\nend: zero\n");

    begin();
    for (unsigned i = 0; i < 4; i++)
        push(0x1000); /* GS, FS, DS, ES */
    push(0x2000);
    push(0xfffe);
    push(EFLAGS_V86);
    push(0xf000);
    push(0x1234);
    pushad();
    handler_inside("stub_dark_handler");
    expect("from virtual-8086 mode", "handler_body",
           "8 handler_body\n0 stub_dark_handler trap\n- 1234 user\n4c (entry)\nend: user\n");
}

int main(void)
{
    test_stubs();
    test_stubs_by_shape();
    test_stubs_that_stop();
    test_many_by_shape();
    test_code_segments();
    test_cut_off();
    test_nested_interrupts();
    test_interrupted_anywhere();
    test_victim_stubs();
    test_lookalike_arguments();
    test_lookalike_record();
    test_user_mode();
    return tap_end();
}
