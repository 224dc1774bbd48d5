/* A second double fault before the first part of the report: all of it is written, from the beginning. */
#include "crashed.h"

int main(void)
{
    static const struct fault second = {VECTOR_DF, FAULT_EIP, 0};

    begin_crash();
    push(0);
    enter();
    locals(8);
    call("thread_outer");
    enter();
    locals(16);
    call("outer_middle");
    enter();
    locals(8);
    crash_at("middle_body");
    crashed.crash.cr2 = 0;
    report_resume(&crashed.machine, &crashed.crash, &second);
    says("======== kstackguard 1.0: DOUBLE FAULT, CAUSE NOT KNOWN ========");
    says("kernel!middle+0x%x ran when it happened.", offset_in("middle", "middle_body"));
    says("  walk ended at a zero ebp; %x in all", STACK_BASE - victim.esp);
    says_not("**** lost");
    return tap_end();
}
