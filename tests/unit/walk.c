/* The walk on stacks made by hand: one test for each thing that a row can rest on. victim.S has the code. */
#include "walk.h"

#include "registry.h"
#include "victim.h"

/* --- frames that EBP shows --- */

static void test_chained(void)
{
    to_leaf();
    expect("a chain of direct calls", "leaf_body", "4 leaf_body\n10 middle_leaf\n" ABOVE_MIDDLE);

    to_leaf();
    forget_code();
    expect("the same when no code can be read: unknown, not failed", "leaf_body",
           "4 leaf_body\n10 middle_leaf\n" ABOVE_MIDDLE);

    to_leaf();
    forget_symbols();
    expect("the same without any table", "leaf_body", "4 leaf_body\n10 middle_leaf\n" ABOVE_MIDDLE);

    to_leaf();
    forget_symbols();
    forget_code();
    expect("the same with neither", "leaf_body", "4 leaf_body\n10 middle_leaf\n" ABOVE_MIDDLE);
}

static void test_call_targets(void)
{
    middle_after("outer_pointer");
    expect("a call by pointer could have called anything", "middle_body",
           "8 middle_body\n18 outer_pointer\n" ABOVE_OUTER);

    middle_after("outer_other");
    expect("a direct call of another function makes a guess of the row", "middle_body",
           "8 middle_body guess\n18 outer_other\n" ABOVE_OUTER);

    middle_after("outer_jumps");
    expect("unless that jumps on to this one", "middle_body", "8 middle_body\n18 outer_jumps\n" ABOVE_OUTER);

    middle_after("outer_jumps_if");
    expect("or does on a condition", "middle_body", "8 middle_body\n18 outer_jumps_if\n" ABOVE_OUTER);

    middle_after("outer_jumps_anywhere");
    expect("or jumps by a pointer", "middle_body", "8 middle_body\n18 outer_jumps_anywhere\n" ABOVE_OUTER);

    middle_after("outer_jumps_later");
    expect("or behind a ret", "middle_body", "8 middle_body\n18 outer_jumps_later\n" ABOVE_OUTER);

    middle_after("outer_jumps_last");
    expect("also when a shorter branch came after that over it", "middle_body",
           "8 middle_body\n18 outer_jumps_last\n" ABOVE_OUTER);

    middle_after("outer_unreadable");
    expect("a call of what is no code is a guess", "middle_body",
           "8 middle_body guess\n18 outer_unreadable\n" ABOVE_OUTER);

    middle_after("outer_undefined");
    expect("code that can be read, but is none, is a guess", "middle_body",
           "8 middle_body guess\n18 outer_undefined\n" ABOVE_OUTER);

    middle_after("outer_jumps_elsewhere");
    expect("and so is a jump to yet another function", "middle_body",
           "8 middle_body guess\n18 outer_jumps_elsewhere\n" ABOVE_OUTER);

    middle_after("outer_jumps_far");
    expect("a branch too far away does not make its own what is between", "middle_body",
           "8 middle_body guess\n18 outer_jumps_far\n" ABOVE_OUTER);

    middle_after("outer_returns");
    expect("but a jump behind its end is not its own", "middle_body",
           "8 middle_body guess\n18 outer_returns\n" ABOVE_OUTER);

    middle_after("outer_ends_far");
    expect("whether it ends in a far return", "middle_body", "8 middle_body guess\n18 outer_ends_far\n" ABOVE_OUTER);

    middle_after("outer_ends_interrupt");
    expect("in one from an interrupt", "middle_body", "8 middle_body guess\n18 outer_ends_interrupt\n" ABOVE_OUTER);

    middle_after("outer_ends_stop");
    expect("or in an instruction that never goes on", "middle_body",
           "8 middle_body guess\n18 outer_ends_stop\n" ABOVE_OUTER);

    to_outer();
    call("outer_door");
    enter();
    locals(8);
    expect("a direct call may enter a function behind its start", "doors_body",
           "8 doors_body\n18 outer_door\n" ABOVE_OUTER);

    begin();
    push(0x70000001);
    victim.ebp = 0x70000000;
    enter();
    expect("a return address that no call left ends the walk", "middle_body",
           "- middle_body lost\n8 (rest)\nend: no code\n");

    begin();
    push(at("middle_body"));
    victim.ebp = 0x70000000;
    enter();
    expect("also one in the middle of a function", "middle_body", "- middle_body lost\n8 (rest)\nend: no code\n");

    begin();
    push(0xd0ff9090); /* call eax */
    push(victim.esp + 4);
    victim.ebp = 0x70000000;
    enter();
    expect("and so does one on the stack, whatever bytes are there", "middle_body",
           "- middle_body lost\nc (rest)\nend: no code\n");
}

/* --- where EBP shows the caller's frame --- */

/* Recursive functions that call a tracer before their frame. The frame that EBP leads to would do for them, too: it is
   the one of the turn before. */
static void test_traced(void)
{
    to_outer();
    call("outer_traced");
    enter();
    locals(8);
    call("traced_traced");
    enter();
    locals(8);
    call("traced_traced");
    call("traced_tracer");
    locals(12);
    expect("in a tracer that is called before the frame", "tracer_body",
           "8 tracer_body frameless\n4 traced_tracer\n10 traced_traced\n10 traced_traced\n18 outer_traced\n" ABOVE_OUTER);

    victim.esp += 16;
    expect("behind it", "traced_tracer", "0 traced_tracer\nc traced_traced\n10 traced_traced\n18 outer_traced\n" ABOVE_OUTER);

    to_outer();
    call("outer_traced_deep");
    enter();
    locals(8);
    call("traced_deep_again");
    call("traced_deep_tracer");
    enter();
    locals(8);
    expect("in one that has a frame itself, behind nops", "tracer_with_frame_body",
           "8 tracer_with_frame_body\n4 traced_deep_tracer\n10 traced_deep_again\n18 outer_traced_deep\n" ABOVE_OUTER);
    expect("and again, when all functions are known", "tracer_with_frame_body",
           "8 tracer_with_frame_body\n4 traced_deep_tracer\n10 traced_deep_again\n18 outer_traced_deep\n" ABOVE_OUTER);
}

static void test_prologue(void)
{
    to_middle();
    call("middle_leaf");
    expect("at a function's first instruction", "leaf", "0 leaf\nc middle_leaf\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_leaf");
    push(victim.ebp);
    expect("after push ebp", "leaf_pushed", "0 leaf_pushed\n10 middle_leaf\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_leaf");
    enter();
    expect("after mov ebp, esp", "leaf_framed", "0 leaf_framed\n10 middle_leaf\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_leaf");
    expect("after leave", "leaf_left", "0 leaf_left\nc middle_leaf\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_pops");
    expect("after pop ebp", "pops_popped", "0 pops_popped\nc middle_pops\n" ABOVE_MIDDLE);

    to_outer();
    call("outer_early");
    call("early_leaf");
    enter();
    locals(4);
    expect("in a call before the frame is set up", "leaf_body",
           "4 leaf_body\n4 early_leaf\n18 outer_early\n" ABOVE_OUTER);

    to_outer();
    call("outer_early");
    enter();
    call("early_early");
    call("early_leaf");
    enter();
    locals(4);
    expect("also when it had called itself", "leaf_body",
           "4 leaf_body\n4 early_leaf\n8 early_early\n18 outer_early\n" ABOVE_OUTER);

    to_outer();
    call("outer_ends");
    enter();
    locals(8);
    call("ends_leaf");
    enter();
    locals(4);
    expect("a call that does not return, as the last instruction", "leaf_body",
           "4 leaf_body\n10 ends_leaf\n18 outer_ends\n" ABOVE_OUTER);

    to_outer();
    call("outer_odd");
    push(victim.ebp);
    victim.ebp = victim.esp - 64;
    locals(96);
    call("odd_leaf");
    enter();
    locals(4);
    expect("EBP points below where the caller's is", "leaf_body",
           "4 leaf_body\n68 odd_leaf\n18 outer_odd\n" ABOVE_OUTER);

    to_outer();
    call("outer_late");
    enter();
    locals(8);
    call("late_leaf");
    enter();
    locals(4);
    expect("a frame that is set up late is a frame", "leaf_body",
           "4 leaf_body\n10 late_leaf\n18 outer_late\n" ABOVE_OUTER);
}

static void test_wild_calls(void)
{
    to_middle();
    call("middle_pointer");
    run_at(0);
    expect_rows("a call through a null pointer", "0 0 frameless\nc middle_pointer\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_pointer");
    run_at(victim.limit + 8);
    expect_rows("a call into data", "0 c0200008 frameless\nc middle_pointer\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_pointer");
    interrupt(0);
    push(0x10);
    push(14);
    pushad();
    push(0x10);
    push(0x10);
    call("stub_common_handler");
    enter();
    locals(8);
    expect("a call through a null pointer under its page fault", "handler_body",
           "8 handler_body\n0 stub_common_handler trap\n40 0 frameless\n10 middle_pointer\n" ABOVE_MIDDLE);

    to_middle();
    call("middle_pointer");
    forget_symbols();
    run_at(0xe0000000);
    expect_rows("a call to where nothing can be read, if no code is known",
                "0 e0000000 frameless\nc middle_pointer\n" ABOVE_MIDDLE);

    to_leaf();
    run_at(0x41414140);
    expect_rows("what runs outside all code has a frame by guess only",
                "4 41414140 guess\n10 middle_leaf\n" ABOVE_MIDDLE);
}

/* --- functions without an EBP frame --- */

static void test_frameless(void)
{
    to_outer();
    bare_inside("outer_bare");
    expect("innermost: its pushes tell", "bare_body", "c bare_body frameless\n18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    call("outer_bare");
    expect("at its ret", "bare_end", "0 bare_end frameless\n14 outer_bare\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    call("bare_leaf");
    enter();
    locals(4);
    expect("below a frame", "leaf_body", "4 leaf_body\n14 bare_leaf frameless\n18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    push(at("outer_bare"));
    bare_inside("outer_bare");
    expect("its return address is there twice: nobody made a copy", "bare_body",
           "c bare_body frameless\n1c outer_bare\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    store(victim.esp, victim.ebp);
    victim.ebp = 1000;
    expect("EBP leads nowhere, and a local of a function that never pushed it leads up: its caller's code tells", "bare_body",
           "c bare_body frameless\n18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    victim.ebp = 0;
    expect("also if EBP is 0", "bare_body", "c bare_body frameless\n18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    victim.ebp = victim.esp + 20;
    store(victim.ebp, 0x33333333);
    store(victim.ebp + 4, 0x33333333);
    expect("or leads to what no call left", "bare_body", "c bare_body frameless\n18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    store(victim.esp + 4, at("outer_pointer"));
    store(victim.esp + 24, at("outer_other"));
    store(victim.esp + 20, victim.ebp);
    victim.ebp = victim.esp + 20;
    expect("or to what another call left", "bare_body", "c bare_body frameless\n18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    bare_inside("bare_bare");
    bare_inside("bare_bare");
    expect("three in a row", "bare_body",
           "c bare_body frameless\n14 bare_bare frameless\n14 bare_bare frameless\n18 outer_bare\n" ABOVE_OUTER);
}

static void test_unsure(void)
{
    to_outer();
    call("outer_pointer");
    push(victim.ebp);
    locals(8);
    victim.ebp = 1000;
    call("busy_leaf");
    enter();
    locals(4);
    expect("EBP is used for something else, and found where it was pushed", "leaf_body",
           "4 leaf_body\n10 busy_leaf frameless\n18 outer_pointer\n" ABOVE_OUTER);

    to_outer();
    call("outer_pointer");
    push(victim.ebp + 16);
    locals(8);
    expect("EBP is also where it was pushed: the register is what counts as long as it leads up", "counts_turn",
           "8 counts_turn frameless\n18 outer_pointer\n" ABOVE_OUTER);

    to_outer();
    call("outer_unsure");
    locals(12);
    call("unsure_leaf");
    enter();
    locals(4);
    expect("a callee may have popped arguments: a direct call confirms the place", "leaf_body",
           "4 leaf_body\n10 unsure_leaf frameless\n18 outer_unsure\n" ABOVE_OUTER);

    to_outer();
    call("outer_pointer");
    locals(12);
    call("unsure_leaf");
    enter();
    locals(4);
    expect("one by pointer does not", "leaf_body",
           "4 leaf_body\n10 unsure_leaf guess\n18 outer_pointer guess\n" ABOVE_OUTER);

    to_outer();
    call("outer_unsure_by_word"); /* stale */
    locals(64);
    call("outer_pointer");
    locals(12);
    call("unsure_by_word_leaf");
    enter();
    locals(4);
    expect("a word away from where it might be, one by pointer is nearer than a direct call farther out", "leaf_body",
           "4 leaf_body\n10 unsure_by_word_leaf guess\n5c outer_pointer guess\n" ABOVE_OUTER);

    to_outer();
    call("outer_unsure_by_word");
    push(at("outer_pointer"));
    locals(8);
    call("unsure_by_word_leaf");
    enter();
    locals(4);
    expect("of those nearby, one that a direct call left", "leaf_body",
           "4 leaf_body\n10 unsure_by_word_leaf frameless\n18 outer_unsure_by_word\n" ABOVE_OUTER);

    to_outer();
    call("outer_pointer");
    push(victim.ebp);
    locals(8);
    victim.ebp = 1000;
    call("unsure_busy_leaf");
    enter();
    locals(4);
    expect("EBP is as near", "leaf_body",
           "4 leaf_body\n10 unsure_busy_leaf guess\n18 outer_pointer guess\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    victim.base = victim.esp + 16;
    expect("a return address beyond the base is none", "bare_body", "- bare_body lost\n10 (rest)\nend: off\n");
}

/* outer called lost, whose locals hold an old return address; leaf runs. */
static void lost_inside(const char *site, const char *stale)
{
    call(site);
    locals(16);
    push(at(stale));
    call("lost_leaf");
    enter();
    locals(4);
}

static void test_scanned(void)
{
    uint32_t stale;

    to_outer();
    bare_inside("outer_bare");
    lost_inside("bare_lost", "outer_pointer");
    expect("a guess, and the next frame is verified: there the doubt ends, also without frame pointers", "leaf_body",
           "4 leaf_body\n18 lost_leaf guess\n14 bare_lost frameless\n18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    lost_inside("outer_lost", "outer_pointer");
    stale = data_with_call();
    store(victim.ebp + 8, stale);
    store(victim.ebp + 28, 0);
    store(victim.ebp + 24, at("outer_pointer"));
    expect("a call that stands in no code left no return address", "leaf_body",
           "4 leaf_body\n14 lost_leaf guess\n1c outer_pointer guess\n" ABOVE_OUTER);

    to_outer();
    locals(0x100);
    push(0);
    push(0x33333333);
    locals(12);
    expect("0 is no return address but a thread's first one", "bare_body", "124 bare_body guess\n" ABOVE_OUTER);

    to_outer();
    lost_inside("outer_lost", "outer_pointer");
    expect("ESP lost: the word that a direct call of it left, by guess; what runs there is right by its own", "leaf_body",
           "4 leaf_body\n18 lost_leaf guess\n18 outer_lost\n" ABOVE_OUTER);

    to_outer();
    call("outer_lost");
    lost_inside("outer_lost", "outer_pointer");
    expect("of two that direct calls left, the first", "leaf_body",
           "4 leaf_body\n18 lost_leaf guess\n1c outer_lost\n" ABOVE_OUTER);

    to_outer();
    lost_inside("outer_pointer", "outer_other");
    expect("or one that a call by pointer left", "leaf_body",
           "4 leaf_body\n18 lost_leaf guess\n18 outer_pointer guess\n" ABOVE_OUTER);

    to_outer();
    lost_inside("outer_pointer", "middle_pointer");
    expect("a wrong guess makes a guess of the next row", "leaf_body",
           "4 leaf_body\n4 lost_leaf guess\n2c middle_pointer guess\n" ABOVE_OUTER);

    begin();
    push(0);
    enter();
    locals(8);
    call("thread_pointer");
    enter();
    locals(16);
    call("outer_middle");
    enter();
    locals(8);
    lost_inside("outer_pointer", "outer_other");
    store(victim.esp + 32, 0x12345678);
    expect("the one of a function that leaves EBP alone lies below its caller's record", "leaf_body",
           "4 leaf_body\n28 lost_leaf guess\n18 outer_middle\n10 thread_pointer\n8 (rest)\nend: zero\n");

    to_outer();
    call("outer_pointer");
    locals(12);
    push(at("middle_pointer"));
    locals(4);
    call("bare_bare");
    push(0x33333333);
    locals(12);
    victim.pieces.list[1].size = at("bare_leaf") - CODE;
    expect("where the code at pc cannot be read, a function counts as one with an EBP frame", "bare_body",
           "c bare_body frameless\n30 bare_bare guess\n" ABOVE_OUTER);

    to_outer();
    bare_inside("outer_bare");
    victim.pieces.list[1].size = at("bare") - CODE;
    expect("if it has not and EBP is its caller's: what a direct call of it left below", "bare_body",
           "c bare_body guess\n18 outer_bare\n" ABOVE_OUTER);

    begin();
    push(0);
    enter();
    locals(8);
    call("thread_pointer");
    enter();
    locals(0x1100);
    call("lost_leaf");
    enter();
    locals(4);
    expect("no such word near: what EBP leads to, by guess", "leaf_body",
           "4 leaf_body\n1108 lost_leaf guess\n10 thread_pointer\n8 (rest)\nend: zero\n");

    begin();
    push(0);
    enter();
    locals(8);
    call("thread_pointer");
    enter();
    locals(16);
    lost_inside("outer_pointer", "middle_pointer");
    expect("also where its own call is by pointer; what EBP leads to then is right again", "leaf_body",
           "4 leaf_body\n4 lost_leaf guess\n2c middle_pointer guess\n10 thread_pointer\n8 (rest)\nend: zero\n");

    begin();
    push(0);
    enter();
    locals(8);
    call("thread_pointer");
    enter();
    locals(16);
    call("outer_pointer");
    locals(16);
    push(at("middle_pointer"));
    expect("and innermost", "lost_body",
           "0 lost_body guess\n28 middle_pointer guess\n10 thread_pointer\n8 (rest)\nend: zero\n");
}

/* --- the first frames of a stack --- */

static void entry_inside(const char *site)
{
    call(site);
    enter();
    locals(16);
    call("outer_middle");
    enter();
    locals(8);
}

static void test_first_frames(void)
{
    begin();
    push(at("exit_thread"));
    victim.ebp = 0xdeadbee0;
    enter();
    entry_inside("entry_outer");
    expect("push exit; push entry; ret, with any EBP", "middle_body",
           "8 middle_body\n18 outer_middle\n8 entry_outer\n8 (rest)\nend: no code\n");

    begin();
    push(at("exit_thread"));
    enter();
    entry_inside("entry_outer");
    expect("and with EBP 0", "middle_body", "8 middle_body\n18 outer_middle\n8 entry_outer\n8 (rest)\nend: zero\n");

    begin();
    push(0);
    locals(4);
    entry_inside("bare_entry_outer");
    expect("a first function without a frame, whose return address is 0", "middle_body",
           "8 middle_body\n18 outer_middle\n8 bare_entry_outer frameless\n8 (rest)\nend: zero\n");

    begin();
    push(0);
    locals(4);
    victim.ebp = 0xdeadbee0;
    entry_inside("bare_entry_outer");
    expect("and with any EBP: nothing is looked for above it", "middle_body",
           "8 middle_body\n18 outer_middle\n8 bare_entry_outer frameless\n8 (rest)\nend: first\n");

    begin();
    push(0);
    locals(4);
    victim.ebp = 0xdeadbee0;
    entry_inside("unsure_entry_outer");
    expect("if what it takes is not certain, by guess", "middle_body",
           "8 middle_body\n18 outer_middle\n8 unsure_entry_outer guess\n8 (rest)\nend: first\n");

    begin();
    push(0);
    victim.ebp = 0x0007be00;
    enter();
    entry_inside("entry_outer");
    expect("jumped to from the boot loader, with its EBP", "middle_body",
           "8 middle_body\n18 outer_middle\n8 entry_outer\n8 (rest)\nend: first\n");

    begin();
    victim.ebp = 0xdeadbee0;
    entry_inside("boot_outer");
    expect("the boot code, with any EBP: it ran, but has no frame", "middle_body",
           "8 middle_body\n18 outer_middle\n- boot_outer lost\n8 (rest)\nend: off\n");

    begin();
    entry_inside("boot_outer");
    expect("and with EBP 0", "middle_body", "8 middle_body\n18 outer_middle\n- boot_outer lost\n8 (rest)\nend: zero\n");

    begin();
    forget_symbols();
    victim.ebp = victim.base;
    entry_inside("thread_outer");
    expect("EBP is the base", "middle_body",
           "8 middle_body\n18 outer_middle\n- thread_outer lost\n8 (rest)\nend: base\n");
}

/* --- other stacks --- */

static struct ksg_stack thread_stack = {.name = "thread", .limit = STACK_BASE - STACK_SIZE, .base = STACK_BASE};

#define INTERRUPT_BASE 0xc0402000u
#define INTERRUPT_SIZE 0x1000u

/* ESP goes to the interrupt stack, which is the one that is walked. Returns the old ESP. */
static uint32_t switch_stacks(void)
{
    uint32_t esp = victim.esp;

    pieces_add(&victim.pieces, INTERRUPT_BASE - INTERRUPT_SIZE, INTERRUPT_SIZE);
    victim.limit = INTERRUPT_BASE - INTERRUPT_SIZE;
    victim.base = victim.esp = INTERRUPT_BASE;
    victim.start.stacks = &thread_stack;
    return esp;
}

static void test_other_stacks(void)
{
    static struct ksg_stack interrupt_stack = {
        .name = "interrupt", .limit = INTERRUPT_BASE - INTERRUPT_SIZE, .base = INTERRUPT_BASE};
    static struct ksg_stack below = {.name = "below", .limit = 0xb0000000, .base = 0xb0001000};
    static struct ksg_stack above = {.name = "above", .limit = 0xd0000000, .base = 0xd0001000};
    uint32_t esp, middle_ebp;

    if (ksg_add_stack(&below) != KSG_OK || ksg_add_stack(&above) != KSG_OK || ksg_add_stack(&thread_stack) != KSG_OK ||
        ksg_add_stack(&interrupt_stack) != KSG_OK)
        ok(false, "the stacks are registered");

    to_outer();
    call("outer_switches");
    enter();
    switch_stacks();
    handler_inside("switches_handler");
    expect("a chain that leads into another stack goes on there", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 switches_handler\n18 outer_switches\n" ABOVE_OUTER);

    to_outer();
    call("outer_switches");
    enter();
    switch_stacks();
    victim.start.stacks = registry_stacks();
    handler_inside("switches_handler");
    expect("whichever of several it is", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 switches_handler\n18 outer_switches\n" ABOVE_OUTER);

    to_outer();
    call("outer_switches");
    enter();
    switch_stacks();
    handler_inside("switches_handler");
    thread_stack.name = "trampled";
    expect("but not into one whose entry in the list was damaged", "handler_body",
           "8 handler_body\n- switches_handler lost\n8 (rest)\nend: off\n");
    thread_stack.name = "thread";

    to_outer();
    bare_inside("outer_bare");
    interrupt(at("bare_body"));
    pushad();
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_switch_handler");
    expect("a function without a frame was interrupted on the other stack", "handler_body",
           "8 handler_body\n0 stub_switch_handler trap\nc (rest)\non thread\n38 bare_body frameless\n"
           "18 outer_bare\n" ABOVE_OUTER);

    to_outer();
    call("outer_switches");
    enter();
    switch_stacks();
    expect("also right after the switch", "switches_switched",
           "on thread\n0 switches_switched\n18 outer_switches\n" ABOVE_OUTER);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_switch_handler");
    expect("a stub that switched stacks has its trap on the other one", "handler_body",
           "8 handler_body\n0 stub_switch_handler trap\nc (rest)\non thread\n34 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_switch_handler");
    forget_symbols();
    expect("also without any table", "handler_body",
           "8 handler_body\n0 stub_switch_handler trap\nc (rest)\non thread\n34 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    esp = switch_stacks();
    handler_inside("stub_switch_register_handler");
    store(victim.ebp - 4, esp);
    expect("also when its handler saved the register with the old ESP", "handler_body",
           "8 handler_body\n0 stub_switch_register_handler trap\n8 (rest)\non thread\n34 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    enter();
    switch_stacks();
    handler_inside("stub_framed_switch_handler");
    expect("also a stub with an EBP frame", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 stub_framed_switch_handler trap\n18 middle_body\n" ABOVE_MIDDLE);

    begin();
    interrupt_from_user(0x08048123);
    victim.ebp = STACK_BASE - 8;
    pushad();
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_switch_handler");
    expect("also when it came from user mode, whatever EBP was", "handler_body",
           "8 handler_body\n0 stub_switch_handler trap\nc (rest)\non thread\n- 8048123 user\n34 (entry)\nend: user\n");

    to_middle();
    middle_ebp = victim.ebp;
    switch_stacks();
    victim.start.stacks = registry_stacks();
    handler_inside("handler_bare");
    store(middle_ebp, victim.ebp);
    forget_symbols();
    expect("two chains that lead into each other end", "handler_body",
           "8 handler_body\n8 (rest)\n"
           "on thread\n0 handler_bare\n30 (rest)\non interrupt\n0 outer_middle\n8 (rest)\n"
           "on thread\n0 handler_bare\n30 (rest)\non interrupt\n0 outer_middle\n8 (rest)\n"
           "on thread\n0 handler_bare\n30 (rest)\non interrupt\n0 outer_middle\n8 (rest)\n"
           "on thread\n0 handler_bare\n30 (rest)\non interrupt\n0 outer_middle\n- handler_bare lost\n8 (rest)\n"
           "end: off\n");
}

/* outer's call of exchanges, by site; its handler runs on the interrupt stack. Returns the old ESP. */
static uint32_t exchange_from(const char *site)
{
    uint32_t esp;

    call(site);
    esp = push(0x33333333);
    switch_stacks();
    handler_inside("exchanges_handler");
    return esp;
}

/* A function or a stub leaves EBP alone, and gets its ESP back from what was saved on the stack that it called on. */
static void test_exchanges(void)
{
    uint32_t esp;

    to_outer();
    locals(8);
    esp = exchange_from("outer_exchanges");
    store(victim.ebp - 4, esp);
    expect("the old ESP leads to the return address", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 exchanges_handler frameless\n20 outer_exchanges\n" ABOVE_OUTER);

    to_outer();
    esp = exchange_from("outer_pointer");
    store(victim.ebp - 4, esp);
    expect("also that of a call by pointer", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 exchanges_handler frameless\n18 outer_pointer\n" ABOVE_OUTER);

    to_outer();
    locals(8);
    esp = exchange_from("outer_exchanges");
    store(victim.ebp - 4, esp);
    store(victim.ebp - 8, esp - 64);
    store(esp - 60, at("outer_exchanges"));
    expect("where another would do as well it is a guess", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 exchanges_handler guess\n20 outer_exchanges\n" ABOVE_OUTER);

    to_outer();
    locals(8);
    exchange_from("outer_exchanges");
    expect("the old ESP is nowhere: the nearest return address below the caller's record, by guess", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 exchanges_handler guess\n1c outer_exchanges\n" ABOVE_OUTER);

    to_outer();
    exchange_from("outer_pointer");
    expect("none is there, either", "handler_body",
           "8 handler_body\n8 (rest)\non thread\n0 exchanges_handler guess\n10 thread_outer\n8 (rest)\nend: zero\n");

    to_outer();
    call("outer_pointer");
    push(victim.ebp);
    locals(8);
    victim.ebp = 1000;
    interrupt(at("counts_turn"));
    pushad();
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_switch_handler");
    expect("a stub's trap is found whatever EBP was", "handler_body",
           "8 handler_body\n0 stub_switch_handler trap\nc (rest)\non thread\n34 counts_turn frameless\n"
           "18 outer_pointer\n" ABOVE_OUTER);

    begin();
    interrupt_from_user(0x08048123);
    victim.ebp = 0;
    pushad();
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_switch_handler");
    expect("also from user mode", "handler_body",
           "8 handler_body\n0 stub_switch_handler trap\nc (rest)\non thread\n- 8048123 user\n34 (entry)\nend: user\n");

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_dark_switch_handler");
    expect("by its shape, where the code does not lead to it, but EBP does", "handler_body",
           "8 handler_body\n0 stub_dark_switch_handler trap\nc (rest)\non thread\n34 middle_body\n" ABOVE_MIDDLE);

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    victim.ebp = 1000;
    esp = switch_stacks();
    push(esp);
    handler_inside("stub_dark_switch_handler");
    expect("and not at all, where that leads nowhere", "handler_body",
           "8 handler_body\n- stub_dark_switch_handler lost\nc (rest)\nend: off\n");
}

int main(void)
{
    test_traced();
    test_chained();
    test_call_targets();
    test_prologue();
    test_wild_calls();
    test_frameless();
    test_unsure();
    test_scanned();
    test_first_frames();
    test_other_stacks();
    test_exchanges();
    return tap_end();
}
