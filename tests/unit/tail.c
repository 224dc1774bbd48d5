/* Tail calls, and what the code of functions without an EBP frame tells that does more than count: victim.S. */
#include "victim.h"

static void test_tail_calls(void)
{
    middle_after("outer_jumps_deep");
    expect("a tail call behind much code", "middle_body", "8 middle_body\n18 outer_jumps_deep\n" ABOVE_OUTER);
    expect("and asked again", "middle_body", "8 middle_body\n18 outer_jumps_deep\n" ABOVE_OUTER);

    middle_after("outer_jumps_twice");
    expect("one that leads to another", "middle_body", "8 middle_body\n18 outer_jumps_twice\n" ABOVE_OUTER);

    middle_after("outer_jumps_from_case");
    expect("in a case of a switch", "middle_body", "8 middle_body\n18 outer_jumps_from_case\n" ABOVE_OUTER);

    middle_after("outer_switches_only");
    expect("a switch by itself leads to no other function", "middle_body",
           "8 middle_body guess\n18 outer_switches_only\n" ABOVE_OUTER);

    middle_after("outer_jumps_by_table");
    expect("a table of functions does", "middle_body", "8 middle_body\n18 outer_jumps_by_table\n" ABOVE_OUTER);

    middle_after("outer_jumps_widely");
    expect("none of many", "middle_body", "8 middle_body guess\n18 outer_jumps_widely\n" ABOVE_OUTER);

    middle_after("outer_nameless");
    expect("in code without a name, as far as branches reach", "middle_body",
           "8 middle_body\n18 outer_nameless\n" ABOVE_OUTER);

    middle_after("outer_nameless_ends");
    expect("and no farther", "middle_body", "8 middle_body guess\n18 outer_nameless_ends\n" ABOVE_OUTER);
}

/* The function, called by pointer, has taken so many bytes and called leaf. */
static void expect_frameless(const char *name, const char *site, uint32_t taken)
{
    char rows[200];

    to_outer();
    call("outer_pointer");
    locals(taken);
    call(site);
    enter();
    locals(4);
    snprintf(rows, sizeof rows, "4 leaf_body\n%" PRIx32 " %s frameless\n18 outer_pointer\n" ABOVE_OUTER, taken + 4, site);
    expect(name, "leaf_body", rows);
}

static void test_jump_tables(void)
{
    expect_frameless("a case of a switch", "chooses_leaf", 20);
    expect_frameless("the last one", "chooses_last", 16);
    expect_frameless("a table that was loaded from, of unknown length", "chooses_loaded_leaf", 12);
}

static void test_repairs(void)
{
    expect_frameless("a callee pops: sub esp makes that good", "repairs_second", 28);
    expect_frameless("and will", "repairs_first", 28);
    expect_frameless("a push behind it: nothing was popped", "makes_room_leaf", 44);
}

/* ESP is not known, and found by search. */
static void expect_guess(const char *name, const char *site)
{
    char rows[200];

    to_outer();
    call("outer_pointer");
    locals(12);
    call(site);
    enter();
    locals(4);
    snprintf(rows, sizeof rows, "4 leaf_body\n10 %s guess\n18 outer_pointer guess\n" ABOVE_OUTER, site);
    expect(name, "leaf_body", rows);
}

static void test_kept_esp(void)
{
    expect_frameless("ESP comes back from a register", "keeps_leaf", 12);
    expect_frameless("where it was with a constant added", "keeps_higher", 8);
    expect_guess("the register was loaded meanwhile", "keeps_nothing_loaded");
    expect_guess("a string instruction moved it", "keeps_nothing_copied");
    expect_guess("cpuid wrote it", "keeps_nothing_identified");
    expect_guess("only half of it came back", "keeps_nothing_half");
}

int main(void)
{
    test_tail_calls();
    test_jump_tables();
    test_repairs();
    test_kept_esp();
    return tap_end();
}
