/* The verdict: which facts carry which, and that none is given without them. */
#include "verdict.h"

#include <string.h>

#include "../pieces.h"
#include "tap.h"

#define LIMIT 0xc0201000u
#define BASE 0xc0203000u
#define CODE 0xc0100000u

static struct pieces pieces;
static struct machine machine;
static struct crash crash;
static struct stack_range range;

/* An overflow at the limit of a registered stack, as a push there leaves it; each test changes what it is about. */
static void begin(void)
{
    static const uint8_t code[] = {0xcd, 8, 0x55, 0x90};

    pieces_free(&pieces);
    memset(&machine, 0, sizeof machine);
    memset(&crash, 0, sizeof crash);
    memset(&range, 0, sizeof range);
    machine.memory.find = pieces_find;
    machine.memory.context = &pieces;
    pieces_add(&pieces, LIMIT, BASE - LIMIT);
    memcpy(pieces_add(&pieces, CODE, sizeof code), code, sizeof code);
    crash.kind = CRASH_DOUBLE_FAULT;
    crash.registers_known = true;
    crash.cs = 8;
    crash.eip = CODE + 3;
    crash.esp = LIMIT;
    crash.cr2 = LIMIT - 4;
    range.source = STACK_REGISTERED;
    range.limit = LIMIT;
    range.base = BASE;
    range.pointer = LIMIT;
}

static void expect(const char *name, enum verdict_kind kind, enum certainty certainty)
{
    struct verdict verdict;

    memset(&verdict, 0xff, sizeof verdict);
    verdict_find(&machine, &crash, &range, &verdict);
    if (!ok(verdict.kind == kind && verdict.certainty == certainty, "%s", name))
        printf("# kind %d, certainty %d\n", (int)verdict.kind, (int)verdict.certainty);
}

static void test_overflow(void)
{
    begin();
    expect("a push at the limit", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.source = STACK_PROBED;
    expect("of a stack that is known by its pages only", VERDICT_OVERFLOW, CERTAINTY_LIKELY);

    begin();
    range.pointer = crash.esp = LIMIT + 12;
    crash.cr2 = LIMIT - 4; /* the error code of a page fault */
    expect("a page fault 12 bytes above the limit", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.pointer = crash.esp = LIMIT + 16;
    crash.cr2 = LIMIT;
    expect("16 bytes above it every frame fits", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin();
    range.pointer = crash.esp = LIMIT - 0x800;
    crash.cr2 = crash.esp - 4;
    expect("one large frame beyond it", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    crash.cr2 = LIMIT - 17;
    expect("CR2 is no push: a stale one near the guard page", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin();
    crash.cr2 = LIMIT + 4;
    expect("nor is it above ESP", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin();
    pieces_add(&pieces, LIMIT - 0x1000, 0x1000);
    expect("the page below the limit is present", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin();
    range.pointer = crash.esp = LIMIT + 0x800;
    crash.cr2 = crash.esp - 4;
    expect("ESP is well inside its stack", VERDICT_UNKNOWN, CERTAINTY_NONE);
}

static void test_others(void)
{
    struct verdict verdict;

    begin();
    crash.cs = 0x1b;
    crash.esp = 0xbffff000;
    crash.esp0 = range.pointer = LIMIT + 16;
    crash.cr2 = LIMIT - 4;
    expect("from user mode the frame takes 20 bytes", VERDICT_ENTRY_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    range.source = STACK_NOT_FOUND;
    range.limit = range.base = 0;
    range.pointer = crash.esp = 0;
    crash.cr2 = 0xfffffffc;
    expect("an ESP of 0", VERDICT_NO_STACK, CERTAINTY_CERTAIN);

    begin();
    crash.cr2 = 0;
    crash.gates[VECTOR_GP] = GATE_NOT_PRESENT;
    verdict_find(&machine, &crash, &range, &verdict);
    ok(verdict.gate == VECTOR_GP, "the gate that cannot deliver is named");
    expect("a gate that cannot deliver", VERDICT_UNDELIVERABLE, CERTAINTY_LIKELY);

    begin();
    crash.gates[VECTOR_GP] = GATE_NOT_PRESENT;
    expect("counts less than a push that failed", VERDICT_OVERFLOW, CERTAINTY_CERTAIN);

    begin();
    crash.cr2 = 0;
    expect("nothing speaks for anything", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin();
    crash.registers_known = false;
    expect("no registers, no verdict", VERDICT_UNKNOWN, CERTAINTY_NONE);

    begin();
    crash.kind = CRASH_NO_ERROR_CODE;
    crash.eip = CODE + 2;
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
    test_others();
    test_words();
    return tap_end();
}
