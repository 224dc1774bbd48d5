/* A second double fault before the first part of the report: all of it is written, from the beginning. */
#include "crashed.h"

int main(void)
{
    static const struct fault second = {VECTOR_DF, FAULT_EIP, 0};

    begin_inside();
    ok(!report_is_over(), "no report is over before it has begun");
    report_resume(&crashed.machine, &crashed.crash, &second);
    says("======== kstackguard 1.0: DOUBLE FAULT, CAUSE NOT KNOWN ========");
    says("kernel!middle+0x%x ran when it happened.", offset_in("middle", "middle_body"));
    says("  walk ended at a zero ebp; %x in all", STACK_BASE - victim.esp);
    says_not("**** lost");
    ok(report_is_over(), "then it is");
    return tap_end();
}
