/* Traps that nest, on rows made by hand. */
#include "nest.h"

#include <string.h>

#include "tap.h"

#define START 0xc0201000u
#define STUB 0xc0101001u
#define VICTIM 0xc0102000u
#define CALLER 0xc0103000u

static struct nest nest;

static void take(enum row_kind kind, enum trust trust, bool stub, uint32_t pc, uint32_t esp)
{
    struct row row = {.kind = kind, .trust = trust, .stub = stub, .pc = pc, .return_address = pc == VICTIM ? CALLER : 0};

    nest_take(&nest, &row, esp, START);
}

static void begin(void)
{
    memset(&nest, 0, sizeof nest);
}

/* A handler with its stub; then what the trap interrupted, at esp. */
static void trap(uint32_t stub)
{
    take(ROW_FRAME, TRUST_CHAINED, false, 0xc0100000, START);
    take(ROW_FRAME, TRUST_TRAP, true, stub, START);
}

static void interrupted(uint32_t esp)
{
    take(ROW_FRAME, TRUST_CHAINED, false, VICTIM, esp);
}

static void test_count(void)
{
    begin();
    trap(STUB);
    interrupted(START + 0x100);
    trap(STUB + 1);
    interrupted(START + 0x300);
    nest_end(&nest, WALK_ZERO);
    ok(nest.traps == 2 && nest.first, "two traps, and which came first");
    ok(nest.stub == STUB + 1 && nest.pc == VICTIM && nest.caller == CALLER, "whose stub, in whose code");
    ok(nest.bytes == 0x300 && nest.widest == 0x200, "what both take, and the larger of them");

    begin();
    trap(STUB);
    interrupted(START + 0x100);
    trap(STUB + 1);
    take(ROW_USER, TRUST_CHAINED, false, 0x08048000, START + 0x300);
    nest_end(&nest, WALK_USER);
    ok(nest.traps == 1 && nest.first && nest.stub == STUB, "an entry from user mode is none of them");

    begin();
    trap(STUB);
    trap(STUB + 1);
    nest_end(&nest, WALK_ZERO);
    ok(nest.traps == 1, "nor is one of which nothing follows");

    begin();
    take(ROW_FRAME, TRUST_TRAP, true, STUB, START);
    take(ROW_FRAME, TRUST_TRAP, true, STUB + 1, START + 0x100);
    interrupted(START + 0x200);
    nest_end(&nest, WALK_BASE);
    ok(nest.traps == 2 && nest.first && nest.caller == CALLER, "a stub that was interrupted itself");

    begin();
    trap(STUB);
    take(ROW_REST, TRUST_CHAINED, false, 0, START + 0x100);
    take(ROW_SWITCH, TRUST_CHAINED, false, 0, START + 0x100);
    take(ROW_LOST, TRUST_CHAINED, false, VICTIM, START + 0x100);
    nest_end(&nest, WALK_OFF);
    ok(nest.traps == 1 && nest.pc == VICTIM && !nest.caller, "what was interrupted on another stack, and is lost there");
}

static void test_doubt(void)
{
    begin();
    trap(STUB);
    interrupted(START + 0x100);
    take(ROW_FRAME, TRUST_GUESS, true, STUB, START + 0x100);
    interrupted(START + 0x200);
    nest_end(&nest, WALK_ZERO);
    ok(nest.traps == 1, "a guess does not count");
    ok(!nest.first, "and hides what came first");

    begin();
    trap(STUB);
    interrupted(START + 0x100);
    nest_end(&nest, WALK_BUDGET);
    ok(!nest.first, "so does a walk that did not come to its end");
}

static void test_fills(void)
{
    begin();
    for (uint32_t i = 1; i <= NEST_LEAST; i++) {
        trap(STUB);
        interrupted(START + 0x100 * i);
    }
    ok(nest_fills(&nest, 0x7ff), "four traps that take more than half");
    ok(!nest_fills(&nest, 0x800), "and half, which is not enough");
    nest.widest++;
    ok(!nest_fills(&nest, 0x7ff), "one of them took more than its part");
    nest.widest--;
    nest.traps--;
    ok(!nest_fills(&nest, 0x7ff), "three are too few");
}

int main(void)
{
    test_count();
    test_doubt();
    test_fills();
    return tap_end();
}
