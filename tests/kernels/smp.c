/*
 * Two CPUs that report at the same time. While the first one's report is being written the second asks for one and is
 * refused; while the first one writes another the second crashes, and waits; and while that crash is being reported the
 * first CPU crashes as well, and keeps quiet.
 */
#include "check.h"

#define TURNS 50000000u     /* of waiting, at most */
#define A_WHILE 1000000u    /* turns in which a CPU gets from its crash to where it waits */

/* What each CPU waits for. */
static volatile bool report_second, refuse_second, crash_second, crash_first;
/* And what it has done. */
static volatile bool installed, refused, reported, crashing;

/* What a CPU does in the middle of the report that it writes next. */
static void (*volatile meanwhile[2])(void);

static void wait(volatile const bool *until)
{
    uint32_t turns = 0;

    while (!*until && turns++ < TURNS)
        __asm__ volatile("pause");
    CHECK(*until);
}

static void let_pass(uint32_t turns)
{
    while (turns-- != 0)
        __asm__ volatile("pause");
}

/* The initial APIC ID. SDM vol. 2, CPUID. */
static uint32_t cpu(void)
{
    uint32_t eax = 1, ebx, ecx, edx;

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    return ebx >> 24;
}

static void KSG_CALL put(void *context, char character)
{
    void (*act)(void) = meanwhile[cpu()];

    (void)context;
    console_put(character);
    if (character != '\n' || !act)
        return;
    meanwhile[cpu()] = 0;
    act();
}

static void have_second_refused(void)
{
    refuse_second = true;
    wait(&refused);
}

static void have_second_crash(void)
{
    crash_second = true;
    wait(&crashing);
    let_pass(A_WHILE);
}

static void have_first_crash(void)
{
    crashing = false;
    crash_first = true;
    wait(&crashing);
    let_pass(A_WHILE);
}

static void second(void)
{
    static struct ksg_cpu room;

    CHECK(ksg_report(0, "not installed") == KSG_NOT_INSTALLED);
    CHECK(ksg_install_cpu(0) == KSG_NULL);
    CHECK(ksg_install_cpu(&room) == KSG_OK);
    CHECK(ksg_install_cpu(&room) == KSG_ALREADY_INSTALLED);
    CHECK(ksg_verify() == KSG_OK);
    installed = true;

    wait(&refuse_second);
    CHECK(ksg_report(0, "refused") == KSG_BUSY);
    refused = true;

    wait(&report_second);
    CHECK(ksg_report(0, "the second's") == KSG_OK);
    reported = true;

    wait(&crash_second);
    meanwhile[1] = have_first_crash;
    crashing = true;
    ksg_overflow();
}

static void first(void)
{
    meanwhile[0] = have_second_refused;
    CHECK(ksg_report(0, "the first's") == KSG_OK);
    report_second = true;
    wait(&reported);

    meanwhile[0] = have_second_crash;
    CHECK(ksg_report(0, "the first's again") == KSG_OK);
    wait(&crash_first);
    crashing = true;
    ksg_overflow();
}

void scenario(void)
{
    static struct ksg_stack stack = {.name = "second"};
    struct ksg_config config = {.put = put};

    kernel_install(&config);
    stack.limit = page_allocate(2) + PAGE_SIZE;
    stack.base = stack.limit + PAGE_SIZE;
    page_unmap(stack.limit - PAGE_SIZE);
    CHECK(ksg_add_stack(&stack) == KSG_OK);
    cpu_start(second, stack.base);
    wait(&installed);
    thread_run("first", 0x1000, first);
}
