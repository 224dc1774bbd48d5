/* Tasks that were left for the one that crashed. */
#include "crashed.h"

/* The victim as it is now is what the outer task was left at. */
static struct outer_task *leave(uint16_t tr, const char *eip)
{
    struct outer_task *task = &crashed.crash.outer[crashed.crash.outer_count++];

    task->tr = tr;
    task->eip = at(eip);
    task->esp = victim.esp;
    task->ebp = victim.ebp;
    task->cs = KERNEL_CS;
    return task;
}

/* The crash is on another stack; what is on the worker's is the outer task's. */
static void crash_elsewhere(void)
{
    crash_at("handler_body");
    crashed.crash.esp = crashed.crash.ebp = 0xd0000000;
    crashed.crash.tr = 0x38;
}

int main(void)
{
    begin_inside();
    leave(0x28, "middle_body");
    crash_elsewhere();
    report("one task was left");
    says("           task 0028 was left for task 0038 at kernel!middle+0x%x", offset_in("middle", "middle_body"));
    says("  eip %08x esp %08x ebp %08x efl 00000000 cs 0008 ss 0000", at("middle_body"), victim.esp, victim.ebp);
    says("  called by kernel!outer+0x%x", offset_in("outer", "outer_middle"));
    says("  called by kernel!thread+0x%x", offset_in("thread", "thread_outer"));

    begin_inside();
    interrupt(at("middle_body"));
    in_stub();
    leave(0x28, "handler_body");
    crash_elsewhere();
    report("one that was handling a trap");
    says("  called by kernel!stub+0x%x", offset_in("stub", "stub_handler"));
    says("  in a trap of kernel!middle+0x%x", offset_in("middle", "middle_body"));

    begin_inside();
    store(victim.ebp, 0x1234567);
    leave(0x28, "middle_body");
    leave(0x30, "outer_middle")->cs = USER_CS;
    crashed.crash.outer_count = 9;
    crash_elsewhere();
    report("two, and no more are known");
    says("task 0028 was left for task 0038 at kernel!middle+0x%x", offset_in("middle", "middle_body"));
    says("task 0030 was left for task 0028 at kernel!outer+0x%x", offset_in("outer", "outer_middle"));
    says("  called by kernel!outer+0x%x", offset_in("outer", "outer_middle"));
    says_not("called by kernel!thread");

    begin_inside();
    leave(0x28, "middle_body")->esp = 0xd0000000;
    crash_elsewhere();
    report("its stack is not known");
    says_not("called by");
    return tap_end();
}
