/* A frame so large that ESP goes below address 0, and around. */
#include "crashed.h"

#define LOW_LIMIT 0x11000u
#define LOW_BASE 0x12000u
#define LOCALS 0x100000u

static struct ksg_stack low = {.name = "low", .limit = LOW_LIMIT, .base = LOW_BASE};

/* huge runs, of a caller that is on a stack in the first megabyte; lowered: what it subtracted from ESP. */
static void begin_low(uint32_t lowered)
{
    begin_crash();
    ksg_add_stack(&low);
    pieces_add(&victim.pieces, LOW_LIMIT, LOW_BASE - LOW_LIMIT);
    victim.esp = LOW_BASE;
    push(0);
    enter();
    locals(8);
    call("calls_huge_huge");
    enter();
    locals(lowered);
    crash_at("huge_body");
}

int main(void)
{
    begin_low(LOCALS);
    report("ESP goes around");
    says("kernel!huge+0x%x ran off the end of stack \"low\", by one frame.", offset_in("huge", "huge_body"));
    says("  certain: esp %08x is %x below the limit, cr2 %08x is not present", victim.esp, LOW_LIMIT - victim.esp,
         victim.esp - 4);
    says("           went below address 0 and around in one frame of %x:", LOCALS);
    says("           kernel!huge+0x%x", offset_in("huge", "huge_body"));
    says("  stack:   limit %08x base %08x size 1000, all of it used, 2 frames", LOW_LIMIT, LOW_BASE);
    says_row(LOCALS, victim.ebp, "calls_huge_huge", "huge", "huge_body", 0);
    says_row(16, LOW_BASE - 8, 0, "calls_huge", "calls_huge_huge", 0);
    says("  walk ended at a zero ebp; %x in all", LOW_BASE - victim.esp);

    begin_low(2 * LOCALS);
    report("the function did not take as much");
    says("  stack:   limit %08x base %08x size 1000, 18 of it above ebp, 2 frames", LOW_LIMIT, LOW_BASE);
    says_not("around");

    begin_low(LOCALS);
    store(victim.ebp + 4, at("outer_middle"));
    report("the frame at EBP is not its own");
    says_not("around");

    begin_low(0);
    report("ESP is EBP");
    says("  stack:   limit %08x base %08x size 1000, 18 of it used, 2 frames", LOW_LIMIT, LOW_BASE);
    says_not("around");

    begin_low(0x2000000);
    report("ESP is nowhere near");
    says_not("around");
    return tap_end();
}
