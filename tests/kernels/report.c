/* A report on demand, of the caller: twice, and nothing is changed afterwards. */
#include "check.h"

#define EFLAGS_RESULTS 0x8d5u /* CF, PF, AF, ZF, SF, OF: of the last instruction that computed something */

static struct state before, after;

/* What only assembly sees. */
struct registers {
    uint32_t eflags, cr2;
    uint16_t cs, ss, ds, es, fs, gs, ldt;
};

static void take(struct registers *registers)
{
    __asm__ volatile("pushf\n\tpop %0" : "=r"(registers->eflags));
    registers->eflags &= ~EFLAGS_RESULTS;
    __asm__ volatile("mov %%cr2, %0" : "=r"(registers->cr2));
    __asm__ volatile("mov %%cs, %0" : "=m"(registers->cs));
    __asm__ volatile("mov %%ss, %0" : "=m"(registers->ss));
    __asm__ volatile("mov %%ds, %0" : "=m"(registers->ds));
    __asm__ volatile("mov %%es, %0" : "=m"(registers->es));
    __asm__ volatile("mov %%fs, %0" : "=m"(registers->fs));
    __asm__ volatile("mov %%gs, %0" : "=m"(registers->gs));
    __asm__ volatile("sldt %0" : "=m"(registers->ldt));
}

__attribute__((noinline)) static void inquire(const char *reason)
{
    CHECK(ksg_report(0, reason) == KSG_OK);
}

static void worker(void)
{
    struct registers first = {0}, last = {0};

    interrupts_enable();
    __asm__ volatile("mov %0, %%fs\n\tmov %1, %%gs\n\tmov %2, %%cr2" : : "r"(USER_DATA), "r"(0), "r"(0x12345678));
    take(&first);
    state_take(&before);
    inquire("just to see");
    take(&last);
    state_take(&after);
    CHECK(state_same(&before, &after));
    CHECK(same_bytes(&first, &last, sizeof first));
    interrupts_disable();
    inquire(0);
    CHECK(ksg_verify() == KSG_OK);
}

void scenario(void)
{
    CHECK(ksg_report(0, "too early") == KSG_NOT_INSTALLED);
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
    CHECK(ksg_uninstall() == KSG_OK);
    CHECK(ksg_report(0, "too late") == KSG_NOT_INSTALLED);
    exit_machine(EXIT_PASSED);
}
