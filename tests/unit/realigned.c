/* Functions that align ESP: the copy of a return address, and its original. victim.S has the code. */
#include "realigned.h"

#include "victim.h"

#define ALIGNMENT 64u
#define ABOVE_BARE "128 outer_pointer\n" ABOVE_OUTER

static uint32_t original; /* where the return address is that the copy is of */

/* bare_aligns, without an EBP frame, makes the call that returns to site. */
static void to_call(const char *site)
{
    to_outer();
    locals(0x110);
    call("outer_pointer");
    push(0x33333333);
    locals(12);
    original = call(site); /* 30h above a multiple of the alignment */
}

static void align(uint32_t alignment)
{
    victim.esp &= 0 - alignment;
}

/* The prologue up to its frame. */
static void to_aligned(const char *site, uint32_t alignment)
{
    to_call(site);
    align(alignment);
    push(load(original));
    enter();
    push(original + 4);
    locals(68);
}

static void test_frame(void)
{
    to_aligned("bare_aligns_aligned", ALIGNMENT);
    expect("what ESP returns over is the original", "aligned_body",
           "48 aligned_body\n48 bare_aligns_aligned frameless\n" ABOVE_BARE);

    to_aligned("bare_aligns_aligned", ALIGNMENT);
    store(victim.ebp + 12, load(original));
    expect("of two, the one that a saved register points above", "aligned_body",
           "48 aligned_body\n48 bare_aligns_aligned frameless\n" ABOVE_BARE);

    to_aligned("bare_aligns_aligned", ALIGNMENT);
    store(victim.ebp - 4, 0);
    expect("the only one, if none does", "aligned_body",
           "48 aligned_body\n48 bare_aligns_aligned frameless\n" ABOVE_BARE);

    to_aligned("bare_aligns_aligned", ALIGNMENT);
    store(victim.ebp - 4, 0);
    store(victim.ebp + 12, load(original));
    expect("of two, neither: what follows is a guess", "aligned_body",
           "48 aligned_body\n48 bare_aligns_aligned guess\n128 outer_pointer guess\n" ABOVE_OUTER);

    to_aligned("bare_aligns_aligned", ALIGNMENT);
    store(victim.ebp - 4, 0);
    store(victim.ebp + 12, load(original));
    store(victim.ebp + 24, at("outer_pointer"));
    expect("also where ESP, as it seems, leads to a return address", "aligned_body",
           "48 aligned_body\n14 bare_aligns_aligned guess\n15c outer_pointer guess\n" ABOVE_OUTER);

    to_aligned("bare_aligns_far", 8192);
    expect("an alignment that is too large to search", "aligned_far_body",
           "48 aligned_far_body\n1ff0 bare_aligns_far guess\n10 thread_outer\n8 (rest)\nend: zero\n");

    to_call("bare_aligns_below");
    enter();
    align(ALIGNMENT);
    locals(64);
    expect("where ESP is aligned below the frame there is no copy", "aligned_below_body",
           "6c aligned_below_body\n14 bare_aligns_below frameless\n" ABOVE_BARE);
}

static void test_prologue(void)
{
    static uint32_t registers[8];

    to_call("bare_aligns_aligned");
    align(ALIGNMENT);
    push(load(original));
    push(victim.ebp);
    expect("the frame is not set up yet: the row has the original", "aligned_pushed",
           "34 aligned_pushed\n14 bare_aligns_aligned frameless\n" ABOVE_BARE);

    to_call("bare_aligns_aligned");
    align(ALIGNMENT);
    push(load(original));
    store(victim.esp + 8, load(original));
    expect("or, if it cannot be told, the copy, by guess", "aligned_copied",
           "0 aligned_copied guess\n44 bare_aligns_aligned guess\n128 outer_pointer guess\n" ABOVE_OUTER);

    to_call("bare_aligns_aligned");
    align(ALIGNMENT);
    expect("no copy yet: the one word above that verifies", "aligned_anded",
           "2c aligned_anded\n14 bare_aligns_aligned frameless\n" ABOVE_BARE);

    to_call("bare_aligns_aligned");
    align(ALIGNMENT);
    store(victim.esp + 4, at("bare_aligns_pointer"));
    expect("of two, the one that a direct call left, by guess", "aligned_anded",
           "2c aligned_anded guess\n14 bare_aligns_aligned guess\n128 outer_pointer guess\n" ABOVE_OUTER);

    to_call("bare_aligns_aligned");
    align(ALIGNMENT);
    store(original + 8, at("bare_aligns_pointer"));
    expect("whichever comes first", "aligned_anded",
           "2c aligned_anded guess\n14 bare_aligns_aligned guess\n128 outer_pointer guess\n" ABOVE_OUTER);

    to_call("bare_aligns_pointer");
    align(ALIGNMENT);
    expect("a call by pointer verifies, but by guess", "aligned_anded",
           "2c aligned_anded guess\n14 bare_aligns_pointer guess\n128 outer_pointer guess\n" ABOVE_OUTER);

    to_call("bare_aligns_pointer");
    align(ALIGNMENT);
    store(victim.esp + 4, at("bare_aligns_aligned"));
    registers[1] = original + 4;
    victim.start.registers = registers;
    expect("if ECX is known it tells", "aligned_anded",
           "2c aligned_anded\n14 bare_aligns_pointer frameless\n" ABOVE_BARE);

    to_call("bare_aligns_aligned");
    align(ALIGNMENT);
    store(original + 0x80, at("bare_aligns_aligned"));
    registers[1] = original + 0x84;
    victim.start.registers = registers;
    expect("unless it points beyond the alignment", "aligned_anded",
           "2c aligned_anded\n14 bare_aligns_aligned frameless\n" ABOVE_BARE);

    to_call("bare_aligns_pointer");
    align(ALIGNMENT);
    interrupt(at("aligned_anded"));
    in_stub();
    victim.start.registers = registers; /* of the handler */
    registers[1] = original;
    expect("but not what it is where the walk begins", "handler_body",
           "8 handler_body\n0 stub_handler trap\n6c aligned_anded guess\n14 bare_aligns_pointer guess\n"
           "128 outer_pointer guess\n" ABOVE_OUTER);
}

/* However little a walk may still take: the row is right, or the walk ends instead of it. */
static void test_bounded(void)
{
    static struct walk walk;
    uint32_t most = WALK_WORK_LATER, left = 0, base = 0;
    bool cut = true;
    struct row row;

    do {
        to_call("bare_aligns_aligned");
        align(ALIGNMENT);
        run_at(at("aligned_anded"));
        base = victim.base;
        walk_begin(&walk, &victim.start);
        walk.work = most - ++left;
        cut = walk_next(&walk, &row) && row.kind == ROW_REST;
        if (cut && (walk.end != WALK_BUDGET || row.bytes != base - victim.esp))
            break;
    } while (cut && left < most);
    ok(!cut && left > 1 && row.kind == ROW_FRAME && row.return_address == load(original) &&
           row.child_ebp == original - 4,
       "of a walk that may take too little, nothing; of one that may take %u, the row", (unsigned)left);
}

int main(void)
{
    test_frame();
    test_prologue();
    test_bounded();
    return tap_end();
}
