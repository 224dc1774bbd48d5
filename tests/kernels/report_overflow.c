/* When the code that is reported on demand has run out of stack, the report says so: as a page-fault handler on a stack of
   its own would find it. Reports on six such places, which are made up. */
#include "check.h"

void saves(void); /* report_overflow.asm */

static struct thread *victim;

static void report(void (*eip)(void), uint32_t esp, uint32_t cr2, const char *reason)
{
    struct ksg_registers registers = {.eip = (uint32_t)eip, .esp = esp, .ebp = victim->stack.base - 0x18,
                                      .cr2 = cr2, .cs = KERNEL_CODE, .ss = KERNEL_DATA};

    CHECK(ksg_report(&registers, reason) == KSG_OK);
}

static void wait(void)
{
    thread_yield();
}

void scenario(void)
{
    uint32_t limit;

    kernel_install(0);
    victim = thread_create("victim", 0x1000, wait);
    thread_yield();
    limit = victim->stack.limit;
    page_unmap(limit - 2 * PAGE_SIZE);
    report(thread_yield, limit + 12, 0, "no room for an exception");
    report(thread_yield, limit + 16, 0, "room for one");
    report(saves, limit + 0x18, limit - 4, "a push");
    report(saves, limit + 0x100, limit - 4, "no push");
    report(saves, limit + 0x100, limit - PAGE_SIZE - 4, "below the guard page");
    report(thread_yield, limit - 0x20, 0, "");
    exit_machine(EXIT_PASSED);
}
