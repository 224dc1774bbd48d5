/* The verdict: which facts carry which, and that none is given without them. */
#include "verdict.h"

#include <string.h>

#include "tap.h"

#define LIMIT 0xc0201000u
#define BASE 0xc0203000u

static struct crash crash;
static struct stack_range range;
static struct clues clues;
static struct verdict verdict;

/* An overflow at the limit of a registered stack, as a push there leaves it; each test changes what it is about. */
static void begin(void)
{
    memset(&crash, 0, sizeof crash);
    memset(&range, 0, sizeof range);
    memset(&clues, 0, sizeof clues);
    crash.kind = CRASH_DOUBLE_FAULT;
    crash.registers_known = true;
    crash.cs = 8;
    crash.cr2 = LIMIT - 4;
    range.source = STACK_REGISTERED;
    range.limit = LIMIT;
    range.base = BASE;
    range.pointer = range.from = crash.esp = LIMIT;
    clues.push_failed = clues.guarded = true;
    clues.walked = true;
    clues.used = clues.in_frames = BASE - LIMIT;
}

/* The same in the middle of the stack, where no push failed. */
static void begin_inside(void)
{
    begin();
    range.pointer = range.from = crash.esp = LIMIT + 0x800;
    clues.push_failed = false;
}

static void raise(enum raised_by by, uint32_t vector)
{
    clues.raised.by = by;
    clues.raised.vector = vector;
}

static void expect(const char *name, enum verdict_kind kind, enum certainty certainty)
{
    memset(&verdict, 0xff, sizeof verdict);
    verdict_find(&crash, &range, &clues, &verdict);
    if (!ok(verdict.kind == kind && verdict.certainty == certainty, "%s", name))
        printf("# kind %d, certainty %d\n", (int)verdict.kind, (int)verdict.certainty);
}

static void test_overflow(void)
{
    begin();
    expect("a push at the limit", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.source = STACK_HOOK;
    expect("of a stack that the kernel told of", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.source = STACK_PROBED;
    expect("of a stack that is known by its pages only", VERDICT_OVERFLOW, CERTAINTY_LIKELY);

    begin();
    range.pointer = LIMIT + 12;
    expect("a page fault 12 bytes above the limit", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.pointer = LIMIT + 16;
    expect("16 bytes above it every frame fits: a page is missing", VERDICT_HOLE, CERTAINTY_CERTAIN);

    begin();
    range.pointer = LIMIT - 0x800;
    expect("below it", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.pointer = LIMIT - 0x8000;
    range.tie = TIE_NEARBY;
    expect("far below it, and nothing leads into the stack", VERDICT_OVERFLOW, CERTAINTY_LIKELY);

    begin();
    range.pointer = LIMIT - 0x8000;
    range.tie = TIE_FRAMES;
    clues.push_failed = false;
    expect("far below it, and the frames lead there, but no push failed", VERDICT_OVERFLOW, CERTAINTY_LIKELY);
    ok(verdict.against == AGAINST_NO_PUSH && verdict.vector == VECTOR_COUNT, "which speaks against it");
    raise(RAISED_BY_DIVISION, VECTOR_DE);
    crash.gates[VECTOR_DE] = GATE_NOT_PRESENT;
    expect("and another exception was not delivered", VERDICT_OVERFLOW, CERTAINTY_LIKELY);
    ok(verdict.against == AGAINST_NO_PUSH && verdict.vector_known && verdict.vector == VECTOR_DE, "which is named");

    begin();
    range.pointer = LIMIT - 0x800;
    clues.push_failed = clues.guarded = false;
    expect("below it, in memory that is there", VERDICT_OVERFLOW, CERTAINTY_LIKELY);

    begin();
    clues.push_failed = false;
    expect("no push failed: CR2 is a stale one near the guard page", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin_inside();
    expect("nothing speaks for anything", VERDICT_UNKNOWN, CERTAINTY_NONE);
}

static void expect_by(const char *name, enum overflow_by by)
{
    verdict_find(&crash, &range, &clues, &verdict);
    ok(verdict.kind == VERDICT_OVERFLOW && verdict.by == by, "%s", name);
}

static void test_what_filled_it(void)
{
    begin();
    expect_by("many frames", OVERFLOW_BY_DEPTH);
    clues.in_cycles = clues.used / 2;
    expect_by("recursion that takes half is not it", OVERFLOW_BY_DEPTH);
    clues.in_cycles++;
    expect_by("one that takes more is", OVERFLOW_BY_RECURSION);

    begin();
    clues.in_function = clues.used / 2 + 1;
    expect_by("so is one function with several frames, however they differ", OVERFLOW_BY_RECURSION);
    clues.nest.traps = NEST_LEAST;
    clues.nest.bytes = clues.used;
    expect_by("unless its turns are handlers of traps that nest", OVERFLOW_BY_TRAPS);

    begin();
    clues.in_biggest = clues.used / 2;
    expect_by("a frame that takes half is not it", OVERFLOW_BY_DEPTH);
    clues.in_biggest++;
    expect_by("one that takes more is", OVERFLOW_BY_LARGE_FRAME);

    begin();
    clues.over.bytes = 0xfff;
    clues.in_cycles = clues.used;
    expect_by("a frame of less than a page does not jump over the guard", OVERFLOW_BY_RECURSION);
    clues.over.bytes = 0x1000;
    expect_by("a frame of a page does, however deep the others are", OVERFLOW_BY_LARGE_FRAME);
    clues.over_repeats = true;
    expect_by("unless they are as large", OVERFLOW_BY_RECURSION);
    clues.in_cycles = clues.used / 2;
    expect_by("and take most of the stack", OVERFLOW_BY_LARGE_FRAME);

    begin();
    clues.in_cycles = clues.in_biggest = clues.used;
    clues.walked = false;
    expect_by("without rows nothing is said of it", OVERFLOW_BY_DEPTH);

    begin();
    range.source = STACK_PROBED;
    range.base_unknown = true;
    clues.in_frames = 0x400;
    clues.in_cycles = 0x300;
    expect_by("where the base is not known, what counts is in the frames", OVERFLOW_BY_RECURSION);
}

static void test_against(void)
{
    begin();
    crash.gates[VECTOR_GP] = GATE_NOT_PRESENT;
    expect("another exception's bad gate says nothing", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    crash.gates[VECTOR_PF] = GATE_NOT_PRESENT;
    expect("the page fault's does", VERDICT_OVERFLOW, CERTAINTY_LIKELY);
    ok(verdict.against == AGAINST_GATE, "and is told");

    begin();
    clues.in_frames = clues.used / 2 - 4;
    expect("a stack that is not full of frames", VERDICT_OVERFLOW, CERTAINTY_LIKELY);
    ok(verdict.against == AGAINST_NO_FRAMES, "and that is told");

    begin();
    clues.in_frames = 0;
    range.source = STACK_PROBED;
    range.base_unknown = true;
    expect("a base that is not known", VERDICT_OVERFLOW, CERTAINTY_LIKELY);
    ok(verdict.against == AGAINST_NOTHING, "makes no difference there");
}

static void test_spaces(void)
{
    begin();
    clues.frame_missing = true;
    expect("the running function's frame is not on the stack", VERDICT_OVERFLOW, CERTAINTY_LIKELY);
    ok(verdict.against == AGAINST_SPACE, "which may be another process's");
    crash.space = SPACE_SAME;
    expect("the page directory is the right one", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);
    crash.space = SPACE_VICTIM;
    expect("the kernel named another one", VERDICT_OVERFLOW, CERTAINTY_LIKELY);
    clues.smashed.found = true;
    expect("what lies in the frame's place was overwritten", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.pointer = LIMIT + 0x800;
    clues.frame_missing = true;
    expect("nor is a missing page more than likely then", VERDICT_HOLE, CERTAINTY_LIKELY);
    ok(verdict.against == AGAINST_SPACE, "for the same reason");

    begin_inside();
    clues.push_elsewhere = true;
    expect("a push failed where a page is present", VERDICT_OTHER_SPACE, CERTAINTY_LIKELY);
    crash.gates[VECTOR_GP] = GATE_NOT_PRESENT;
    expect("or cr2 is an old one, and an exception was not delivered", VERDICT_UNDELIVERABLE, CERTAINTY_LIKELY);

    begin_inside();
    crash.space = SPACE_WITHOUT_STACK;
    expect("no push failed on a stack that is not mapped", VERDICT_UNKNOWN, CERTAINTY_NONE);
    clues.push_failed = true;
    expect("a push failed there", VERDICT_OTHER_SPACE, CERTAINTY_CERTAIN);
    crash.cs = 0x1b;
    expect("from user mode, too", VERDICT_OTHER_SPACE, CERTAINTY_CERTAIN);
}

static void test_stacks(void)
{
    static const struct ksg_stack other = {.name = "other"};

    begin();
    range.source = STACK_NOT_FOUND;
    range.limit = range.base = 0;
    range.pointer = crash.esp = 0;
    expect("an ESP of 0", VERDICT_NO_STACK, CERTAINTY_CERTAIN);

    begin();
    range.tie = TIE_EBP_ONLY;
    range.pointer = 0;
    expect("an ESP of 0, and EBP on a stack", VERDICT_NO_STACK, CERTAINTY_CERTAIN);

    begin();
    range.source = STACK_NOT_FOUND;
    clues.esp_from_ebp = true;
    expect("an ESP nowhere, right below an EBP nowhere", VERDICT_SMASHED_EBP, CERTAINTY_LIKELY);

    begin();
    clues.frame_in = &other;
    expect("ESP at the end of one stack, the frame on another", VERDICT_OTHER_STACK, CERTAINTY_LIKELY);

    begin();
    range.tie = TIE_FRAMES;
    range.pointer = LIMIT - 0x8000;
    clues.frame_in = &other;
    expect("but not when the frames lead from there to here", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);
}

static void test_user_mode(void)
{
    begin();
    crash.cs = 0x1b;
    expect("an entry from user mode", VERDICT_ENTRY, CERTAINTY_CERTAIN);

    begin_inside();
    crash.cs = 0x1b;
    crash.ss0_bad = true;
    expect("ss0 is no stack segment", VERDICT_UNDELIVERABLE, CERTAINTY_CERTAIN);

    begin_inside();
    crash.cs = 0x1b;
    crash.gates[VECTOR_GP] = GATE_WRONG_TYPE;
    expect("a bad gate", VERDICT_UNDELIVERABLE, CERTAINTY_LIKELY);

    begin_inside();
    crash.ss0_bad = true;
    expect("ss0 does not matter in the kernel", VERDICT_UNKNOWN, CERTAINTY_NONE);
}

static void test_undeliverable(void)
{
    begin_inside();
    crash.gates[VECTOR_GP] = GATE_NOT_PRESENT;
    expect("a gate that cannot deliver", VERDICT_UNDELIVERABLE, CERTAINTY_LIKELY);
    ok(verdict.vector == VECTOR_GP && !verdict.vector_known, "its exception is named, but not as what was raised");

    raise(RAISED_BY_ACCESS, VECTOR_PF);
    expect("whatever was raised could be delivered", VERDICT_UNDELIVERABLE, CERTAINTY_LIKELY);
    ok(verdict.vector == VECTOR_GP && !verdict.vector_known, "so it was not that");

    begin_inside();
    crash.gates[VECTOR_PF] = GATE_NOT_PRESENT;
    raise(RAISED_BY_ACCESS, VECTOR_PF);
    expect("what was raised, and its gate is bad", VERDICT_UNDELIVERABLE, CERTAINTY_CERTAIN);
    ok(verdict.vector == VECTOR_PF && verdict.vector_known, "it is named");

    begin_inside();
    crash.gates[VECTOR_UD] = GATE_NOT_PRESENT;
    raise(RAISED_BY_UNDEFINED, VECTOR_UD);
    expect("without a gate for #UD there is #NP, and no double fault", VERDICT_UNKNOWN, CERTAINTY_NONE);
    crash.gates[VECTOR_NP] = GATE_BEYOND_LIMIT;
    expect("but without one for #NP either there is", VERDICT_UNDELIVERABLE, CERTAINTY_CERTAIN);
    crash.gates[VECTOR_UD] = GATE_WRONG_TYPE;
    crash.gates[VECTOR_NP] = GATE_GOOD;
    expect("a gate of a wrong type raises #GP", VERDICT_UNKNOWN, CERTAINTY_NONE);
    crash.gates[VECTOR_GP] = GATE_NOT_PRESENT;
    expect("which may be undeliverable, too", VERDICT_UNDELIVERABLE, CERTAINTY_CERTAIN);
    ok(verdict.vector == VECTOR_UD && verdict.vector_known, "what was raised at first is named");

    begin_inside();
    crash.gates[VECTOR_GP] = GATE_BAD_HANDLER;
    expect("a handler that is not there is found out too late for a double fault", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin_inside();
    raise(RAISED_BY_INT, 0x40);
    expect("an int above all exceptions", VERDICT_UNKNOWN, CERTAINTY_NONE);
}

static void test_smashed_return(void)
{
    begin_inside();
    clues.came_by_return = true;
    crash.gates[VECTOR_PF] = GATE_NOT_PRESENT;
    expect("a ret to where no code is", VERDICT_SMASHED_RETURN, CERTAINTY_LIKELY);

    begin();
    clues.no_code = true;
    crash.gates[VECTOR_PF] = GATE_BAD_HANDLER;
    expect("a page-fault handler that is not there, and a full stack", VERDICT_NO_HANDLER, CERTAINTY_CERTAIN);

    begin();
    clues.no_code = true;
    expect("a full stack, and EIP just nowhere", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);
}

static void test_others(void)
{
    begin();
    crash.registers_known = false;
    expect("no registers, no verdict", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin();
    crash.kind = CRASH_NO_ERROR_CODE;
    clues.after_int_8 = true;
    expect("int 8", VERDICT_NO_DOUBLE_FAULT, CERTAINTY_CERTAIN);

    begin();
    crash.kind = CRASH_NO_ERROR_CODE;
    expect("no error code, and no int 8: IRQ 0?", VERDICT_NO_DOUBLE_FAULT, CERTAINTY_LIKELY);
}

static void test_words(void)
{
    bool all = true;

    for (int fault = GATE_GOOD; fault <= GATE_BAD_HANDLER + 1; fault++)
        all = all && verdict_gate_text((enum gate_fault)fault)[0];
    ok(all, "every fault of a gate in words, and a number that is none");
    ok(strcmp(verdict_vector_name(VECTOR_PF), "#PF") == 0 && strcmp(verdict_vector_name(VECTOR_DE), "#DE") == 0 &&
           strcmp(verdict_vector_name(31), "?") == 0 && strcmp(verdict_vector_name(0xffffffff), "?") == 0,
       "vectors by name");
}

int main(void)
{
    test_overflow();
    test_what_filled_it();
    test_against();
    test_spaces();
    test_stacks();
    test_user_mode();
    test_undeliverable();
    test_smashed_return();
    test_others();
    test_words();
    return tap_end();
}
