/* A debugger at work: watchpoints on what the module's functions read, single steps through them, and a non-maskable
   interrupt in a report. The kernel's handlers get all of them, and the functions come out as ever. */
#include "check.h"

enum { VECTOR_DEBUG = 1, VECTOR_NMI = 2 };

#define EFLAGS_TRAP 0x100u
#define WATCH_FIRST 0x000f0001u /* DR7: 4 bytes at DR0, read or written, SDM vol. 3, 17.2.4 */
#define HIT_FIRST 0x1u          /* DR6 */
#define STEPPED 0x4000u

#define APIC 0xfee00000u
#define APIC_COMMAND (APIC + 0x300)
#define APIC_TARGET (APIC + 0x310) /* 0: this CPU */
#define SEND_NMI 0x4400u

extern uint32_t ksg_symbol_table[];

static struct ksg_stack *painted;
static uint32_t page, hits, steps, nmis, nmis_sent;

/* What a handler does may fault in its turn, or need a system call. */
static void check_tables(void)
{
    CHECK(idt_loaded().entries == idt && idt_loaded().limit == sizeof idt - 1);
}

static void on_debug(struct interrupt_frame *frame)
{
    uint32_t status;

    (void)frame;
    __asm__ volatile("mov %%dr6, %0" : "=r"(status));
    __asm__ volatile("mov %0, %%dr6" : : "r"(0));
    check_tables();
    hits += (status & HIT_FIRST) != 0;
    steps += (status & STEPPED) != 0;
}

static void on_nmi(struct interrupt_frame *frame)
{
    (void)frame;
    check_tables();
    nmis++;
}

/* --- what is called --- */

static int KSG_CALL install(void)
{
    return ksg_install(0);
}

static int KSG_CALL guard_page(void)
{
    return ksg_guard_page(page);
}

static int KSG_CALL high_water(void)
{
    return (int)ksg_high_water(painted);
}

static int KSG_CALL report(void)
{
    return ksg_report(0, "watched");
}

/* --- how --- */

/* Is what lies at address read on the way? */
static bool reads(int(KSG_CALL *function)(void), int status, const volatile void *address)
{
    hits = 0;
    __asm__ volatile("mov %0, %%dr0\n\tmov %1, %%dr7" : : "r"(address), "r"(WATCH_FIRST) : "memory");
    CHECK(function() == status);
    __asm__ volatile("mov %0, %%dr7" : : "r"(0) : "memory");
    return hits != 0;
}

__attribute__((noinline)) static void step(int(KSG_CALL *function)(void), int status)
{
    int result;

    steps = 0;
    __asm__ volatile("pushf\n\torl %0, (%%esp)\n\tpopf" : : "i"(EFLAGS_TRAP) : "memory", "cc");
    result = function();
    __asm__ volatile("pushf\n\tandl %0, (%%esp)\n\tpopf" : : "i"(~EFLAGS_TRAP) : "memory", "cc");
    CHECK(result == status);
    CHECK(steps > 20);
}

/* The entry of the live page tables that maps page. */
static const uint32_t *page_entry(void)
{
    uint32_t table = ((const uint32_t *)page_directory())[page >> 22];

    return (const uint32_t *)(table & PAGE_ADDRESS) + (page >> 12 & 0x3ff);
}

static void watch_all(void)
{
    const struct descriptor *copied_gdt;

    CHECK(reads(install, KSG_OK, &idt[VECTOR_DOUBLE_FAULT]));
    copied_gdt = gdt_loaded().entries;
    CHECK(reads(ksg_verify, KSG_OK, &idt[VECTOR_DOUBLE_FAULT]));
    CHECK(reads(ksg_verify, KSG_OK, &copied_gdt[gdt_loaded().limit / sizeof *copied_gdt - 1]));
    CHECK(reads(ksg_verify, KSG_OK, ksg_symbol_table));
    CHECK(reads(guard_page, KSG_OK, page_entry()));
    CHECK(reads(ksg_check_stacks, KSG_OK, (const void *)painted->limit));
    CHECK(reads(high_water, 0, (const void *)painted->limit));
    CHECK(reads(report, KSG_OK, painted));
    CHECK(reads(ksg_uninstall, KSG_OK, &idt[VECTOR_DOUBLE_FAULT]));
    CHECK(reads(install, KSG_OK, &gdt[KERNEL_CODE / 8]));
    CHECK(reads(ksg_uninstall, KSG_OK, &idt[VECTOR_DOUBLE_FAULT].high));
}

static void step_through_all(void)
{
    step(install, KSG_OK);
    step(ksg_verify, KSG_OK);
    step(guard_page, KSG_NOT_MAPPED);
    step(ksg_check_stacks, KSG_OK);
    step(high_water, 0);
    step(report, KSG_OK);
    step(ksg_uninstall, KSG_OK);
}

static void KSG_CALL write(void *context, const char *text, unsigned length)
{
    (void)context, (void)text, (void)length;
    *(volatile uint32_t *)APIC_COMMAND = SEND_NMI;
    nmis_sent++;
}

/* As many as come while one is not handled count as one, as with the CPU itself. */
static void interrupt_report(void)
{
    struct ksg_config config = {.write = write};

    page_map(APIC, APIC, PAGE_WRITABLE);
    *(volatile uint32_t *)APIC_TARGET = 0;
    CHECK(ksg_install(&config) == KSG_OK);
    CHECK(ksg_report(0, "interrupted") == KSG_OK);
    CHECK(nmis_sent > 1 && nmis == 1);
}

void scenario(void)
{
    interrupt_handle(VECTOR_DEBUG, on_debug);
    interrupt_handle(VECTOR_NMI, on_nmi);
    painted = &thread_create("painted", 0x1000, interrupts_enable)->stack;
    CHECK(ksg_paint(painted) == KSG_OK);
    page = page_allocate(1);
    watch_all();
    step_through_all();
    interrupt_report();
    exit_machine(EXIT_PASSED);
}
