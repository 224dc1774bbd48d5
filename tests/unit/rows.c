/* The rows of whole reports, and the tables below them, of stacks made by hand. */
#include "hog.h"

#define MANY 200 /* rows: more than are shown */
#define FIRST 40
#define LAST 20

/* thread called outer, which stands there. */
static void begin_outer(void)
{
    begin_crash();
    enter_outer();
}

static uint32_t parity(uint32_t number)
{
    uint32_t ones = 0;

    for (; number; number &= number - 1)
        ones++;
    return ones % 2;
}

/* middle calls itself, with frames of two sizes in an order in which nothing comes three times in a row: the sequence
   of Thue and Morse. ebps: their EBPs. */
static void call_unevenly(uint32_t count, uint32_t *ebps)
{
    for (uint32_t i = 0; i < count; i++) {
        locals(8 + 4 * parity(i));
        call("middle_middle");
        enter();
        ebps[i] = victim.ebp;
    }
}

static void test_too_many(void)
{
    static uint32_t ebps[MANY];
    uint32_t rows = MANY + 2 + 1; /* outer and thread, and the rest */
    uint32_t last_shown, first_omitted, last_omitted;

    begin_outer();
    call("outer_middle");
    enter();
    call_unevenly(MANY - 1, ebps);
    crash_at("middle_body");
    report("too many rows");
    /* The nth row, from 0, is that of the frame which was made nth from the last. */
    last_shown = MANY - 1 - FIRST;
    first_omitted = last_shown - 1;
    last_omitted = first_omitted - (rows - FIRST - LAST - 1);
    says("         ... %u frames not shown: %x in all, to %08x", rows - FIRST - LAST,
         ebps[last_omitted] - ebps[last_shown], ebps[last_omitted]);
    says_row(ebps[last_omitted - 1] - ebps[last_omitted], ebps[last_omitted - 1], "middle_middle", "middle",
             "middle_middle", 0);
    says("  stack:   limit %08x base %08x size %x, %x of it used, %u frames", STACK_LIMIT, STACK_BASE, STACK_SIZE,
         STACK_BASE - victim.esp, MANY + 2);
    says("  repeats: kernel!middle, %u frames, %x in all", MANY, STACK_BASE - 0x30 - victim.esp); /* 30: up to the first middle */
}

/* A cycle of two, among those that are not shown. */
static void test_cycle_left_out(void)
{
    static uint32_t ebps[MANY], inner[FIRST];
    uint32_t turns = 20;

    begin_outer();
    call("outer_middle");
    enter();
    call_unevenly(MANY, ebps);
    for (uint32_t i = 0; i < turns; i++) {
        locals(8);
        call("middle_pointer");
        enter();
        locals(16);
        call("outer_middle");
        enter();
    }
    crash_at("middle_body");
    report("a cycle first");
    says("         ... these 2 frames %u times more: 28 a turn, %x in all, to %08x", turns - 1, (turns - 1) * 0x28,
         victim.ebp + turns * 0x28);
    call_unevenly(FIRST, inner);
    crash_at("middle_body");
    report("a cycle behind those that are shown");
    says_not("times more");
    /* The last lines are the rest, thread, outer, and the first of all that are middle's. */
    says("         ... %u frames not shown: %x in all, to %08x", MANY + FIRST + 2 * turns + 3 - FIRST - (LAST - 1),
         ebps[LAST - 4] - inner[0], ebps[LAST - 4]);
}

static void test_cycle(void)
{
    uint32_t turns = 20;

    begin_outer();
    for (uint32_t i = 0; i < turns; i++) {
        call("outer_middle");
        enter();
        locals(8);
        call("middle_pointer");
        enter();
        locals(16);
    }
    call("outer_middle");
    enter();
    locals(8);
    crash_at("middle_body");
    crashed.crash.cr2 = 0;
    report("a cycle of two");
    says("         ... these 2 frames %u times more: 28 a turn, %x in all, to %08x", turns - 1, (turns - 1) * 0x28,
         STACK_BASE - 0x18 - 0x18);
    says("  repeats: kernel!outer and 1 more, %u turns, 28 each, %x in all", turns, turns * 0x28);
}

/* The running function stands behind the same call, with as much on the stack, as its callers. */
static void test_cycle_of_running(void)
{
    uint32_t turns = 20;

    begin_outer();
    call("outer_middle");
    enter();
    for (uint32_t i = 1; i < turns; i++) {
        locals(8);
        call("middle_middle");
        enter();
    }
    locals(16);
    crash_at("middle_middle");
    crashed.crash.cr2 = 0;
    report("a cycle from the running function on");
    says("  repeats: kernel!middle, %u turns, 10 each, %x in all", turns, turns * 0x10);
}

/* middle twice, with leaf inside: once with its own locals, once with 40h bytes more. */
static void test_biggest(void)
{
    begin_outer();
    call("outer_middle");
    enter();
    locals(8 + 0x40);
    call("middle_middle");
    enter();
    locals(8);
    call("middle_leaf");
    enter();
    locals(4);
    crash_at("leaf_body");
    crashed.crash.cr2 = 0;
    report("two frames of one function");
    says("   50 kernel!middle+0x%x, biggest of 2, called by kernel!outer+0x%x", offset_in("middle", "middle_middle"),
         offset_in("outer", "outer_middle"));
    says("      8 locals, 8 its callee's ebp and return address, 40 not explained");
    says("    4 kernel!leaf+0x%x called by kernel!middle+0x%x", offset_in("leaf", "leaf_body"),
         offset_in("middle", "middle_leaf"));
}

/* A function that probes the stack in a loop, in which it stands: all that it took so far are locals. Without an EBP frame the
   word below its return address is part of them, as in all rows. */
static void test_biggest_probes(void)
{
    begin_outer();
    call("outer_probes");
    push(0x33333333);
    crashed.crash.eax = victim.esp - 0x3000;
    locals(0x2000);
    crash_at("probes_touch");
    crashed.crash.cr2 = 0;
    report("a loop that probes the stack");
    says(" 2000 kernel!probes+0x%x called by kernel!outer+0x%x", offset_in("probes", "probes_touch"),
         offset_in("outer", "outer_probes"));
    says("      2000 locals");

    begin_outer();
    call("outer_pointer");
    enter();
    push(0x33333333);
    locals(0x2000);
    crash_at("probes_framed_touch");
    crashed.crash.cr2 = 0;
    report("with an EBP frame");
    says(" 2004 kernel!probes_framed+0x%x called by kernel!outer+0x%x", offset_in("probes_framed", "probes_framed_touch"),
         offset_in("outer", "outer_pointer"));
    says("      2000 locals, 4 pushes");
}

/* --- how a walk ends --- */

static void end_with(uint32_t saved_ebp, const char *how)
{
    begin_outer();
    store(victim.ebp, saved_ebp); /* thread's, which is no record now */
    call("outer_middle");
    enter();
    locals(8);
    crash_at("middle_body");
    crashed.crash.cr2 = 0;
    report(how);
    says("  walk ended %s; %x in all", how, STACK_BASE - victim.esp);
}

static void test_ends(void)
{
    end_with(0, "at a zero ebp");
    end_with(STACK_BASE, "at the base");
    end_with(0xd0000001, "at an ebp that is no multiple of 4 (d0000001)");
    end_with(STACK_LIMIT + 0x10, "at an ebp that does not lead upward (c0200010)");
    end_with(0xd0000000, "at an ebp outside the stack (d0000000)");

    begin_outer();
    ksg_remove_stack(&crashed.worker);
    crashed.worker.base += 0x1000; /* where there is no memory */
    ksg_add_stack(&crashed.worker);
    store(victim.ebp, STACK_BASE + 0x10);
    crash_at("outer_middle");
    report("the memory ends");
    says("  walk ended at a record that cannot be read (%08x); %x in all", STACK_BASE + 0x10,
         STACK_BASE + 0x1000 - victim.esp);

    begin_outer();
    store(STACK_BASE - 8, 0x10); /* thread's EBP, which had an end before */
    store(STACK_BASE - 4, 0x1234);
    call("outer_middle");
    enter();
    locals(8);
    crash_at("middle_body");
    report("no call");
    says("  walk ended at a return address that no call left; %x in all", STACK_BASE - victim.esp);
}

static void test_user_mode(void)
{
    begin_crash();
    victim.ebp = 0xbffff123;
    interrupt_from_user(0x8048765);
    in_stub();
    crash_at("handler_body");
    crashed.crash.cr2 = 0;
    report("entered from user mode");
    says("         bffff123 00000000 0x8048765                            user");
    says("      48                   (entry from user mode)");
    says("  walk ended in user mode; %x in all", STACK_BASE - victim.esp);
}

#define BIG_LIMIT 0xc1000000u

/* A stack of so many bytes full of frames of one function, and an EBP that leads nowhere. Returns how many calls of it there
   are. */
static uint32_t begin_big(struct ksg_stack *big, uint32_t size)
{
    uint32_t calls = 0;

    *big = (struct ksg_stack){.name = "big", .limit = BIG_LIMIT, .base = BIG_LIMIT + size};
    begin_crash();
    pieces_add(&victim.pieces, BIG_LIMIT, size);
    ksg_add_stack(big);
    victim.esp = big->base;
    enter_outer();
    call("outer_middle");
    enter();
    for (; victim.esp > BIG_LIMIT + 0x100; calls++) {
        locals(8);
        call("middle_middle");
        enter();
    }
    locals(8);
    victim.ebp = 0x12345678;
    crash_at("middle_body");
    crashed.crash.cr2 = 0;
    return calls;
}

static void test_big(void)
{
    struct ksg_stack big;
    uint32_t calls = begin_big(&big, 0x100000);

    report("a stack of 1 MiB, all of it recovered");
    says("         ... this frame %u times more: 10 a turn, %x in all, to %08x", calls - 1, (calls - 1) * 0x10, big.base - 0x30);
    says("  walk ended at a zero ebp; %x in all", big.base - victim.esp);
    ksg_remove_stack(&big);

    begin_big(&big, 0x400000);
    report("a stack of 4 MiB, which is too much");
    says("  walk ended where going on would have taken too long; %x in all", big.base - victim.esp);
    ksg_remove_stack(&big);
}

/* --- what is not plainly chained --- */

static void test_remarks(void)
{
    uint32_t outer;

    begin_outer();
    outer = victim.ebp;
    call("outer_bare");
    push(0x33333333);
    locals(12);
    crash_at("bare_body");
    crashed.crash.cr2 = 0;
    report("without an EBP frame");
    says("%8x %08x %08x kernel!bare+0x%x %*sframeless", 12, victim.esp + 12, at("outer_bare"),
         offset_in("bare", "bare_body"), 64 - 27 - (int)strlen("kernel!bare+0x4 "), "");

    begin_outer();
    add_hog();
    call("outer_pointer");
    crash_at_address(HOG_FULL);
    crashed.crash.cr2 = 0;
    report("a name that reaches beyond the column of remarks");
    says("       0 %08x %08x hog!called_and_needs_all_of_its_space+0x0 frameless", victim.esp - 4, at("outer_pointer"));

    begin_outer();
    call("outer_middle");
    enter();
    locals(8);
    store(victim.ebp, 0x77777777); /* middle's caller is found again by recovery */
    crash_at("middle_body");
    crashed.crash.cr2 = 0;
    report("a broken chain");
    says_row(outer - victim.ebp, outer, "thread_outer", "outer", "outer_middle", "recovered");
    says_row(0x10, outer + 0x10, 0, "thread", "thread_outer", "recovered");
}

int main(void)
{
    test_too_many();
    test_cycle_left_out();
    test_cycle();
    test_cycle_of_running();
    test_biggest();
    test_biggest_probes();
    test_ends();
    test_user_mode();
    test_big();
    test_remarks();
    return tap_end();
}
