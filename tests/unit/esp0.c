/* Stacks that an entry from user mode began below their base, where esp0 was. */
#include "crashed.h"

#define ABOVE 0x800u /* bytes above esp0 */

/* A handler runs that user mode, or virtual-8086 mode, entered at esp0. */
static void begin_entered(bool virtual_8086)
{
    begin_crash();
    locals(ABOVE);
    crashed.crash.esp0 = victim.esp;
    if (virtual_8086) {
        for (unsigned i = 0; i < 6; i++)
            push(0x1000);
        push(EFLAGS_V86);
        push(0xf000);
        push(0x1234);
    } else {
        interrupt_from_user(0x08048123);
    }
    in_stub();
    crash_at("handler_body");
    crashed.crash.cr2 = 0;
}

int main(void)
{
    uint32_t used;

    begin_entered(false);
    used = STACK_BASE - ABOVE - victim.esp;
    report("the middle of a stack is esp0");
    says("           esp0 %08x is 800 below the base; what lies above is not counted", STACK_BASE - ABOVE);
    says("  stack:   limit %08x base %08x size 4000, %x of it below esp0 used,", STACK_LIMIT, STACK_BASE, used);
    says("      48                   (entry from user mode)");
    says("  walk ended in user mode; %x in all", used);

    begin_entered(true);
    report("the same from virtual-8086 mode");
    says("  walk ended in user mode; %x in all", STACK_BASE - ABOVE - victim.esp);

    begin_entered(false);
    crashed.crash.esp0 = STACK_BASE;
    report("esp0 is another one by now");
    says("  walk ended in user mode; %x in all", STACK_BASE - victim.esp);
    says_not("esp0");

    begin_entered(false);
    locals(victim.esp - STACK_LIMIT);
    crash_at("handler_body");
    report("all below it is used");
    says("  stack:   limit %08x base %08x size 4000, all of it below esp0 used,", STACK_LIMIT, STACK_BASE);
    return tap_end();
}
