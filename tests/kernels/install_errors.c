/* Each reason why ksg_install refuses; after it everything is as it was. */
#include "check.h"

const struct kernel_options kernel_options = {.free_gdt_entries = 1};

#define GRANULARITY 0x00800000u /* limits count pages, SDM vol. 3, figure 3-8 */
#define PRESENT 0x00008000u
#define BUSY 0x00000200u
#define TYPE_16_BIT_TSS 0x00000100u
#define TYPE 0x00000f00u

/* A refusal of a host that is as it should be. */
static void refused(struct ksg_config config, int status)
{
    static struct state before, after;

    state_take(&before);
    CHECK(ksg_install(&config) == status);
    state_take(&after);
    CHECK(state_same(&before, &after));
    CHECK(ksg_verify() == KSG_NOT_INSTALLED);
}

/* The same of a host that has one word in its tables spoilt. Clears and sets bits of it. */
static void refused_with(uint32_t *word, uint32_t clear, uint32_t set, int status)
{
    uint32_t good = *word;

    *word = (good & ~clear) | set;
    refused((struct ksg_config){.gdt_selector = 0}, status);
    refused((struct ksg_config){.gdt_selector = GDT_FREE}, status);
    *word = good;
}

static void lines(void)
{
    static const unsigned bad_ports[] = {5, 7, 0x3f9, 0xfffc, 0x10000, 0x103f8};
    static const unsigned bad_bauds[] = {115201, 230400, 7, 10000, 1000000};

    for (unsigned i = 0; i < sizeof bad_ports / sizeof bad_ports[0]; i++)
        refused((struct ksg_config){.com_port = bad_ports[i]}, KSG_BAD_PORT);
    for (unsigned i = 0; i < sizeof bad_bauds / sizeof bad_bauds[0]; i++)
        refused((struct ksg_config){.baud = bad_bauds[i]}, KSG_BAD_BAUD);
}

static void selectors(void)
{
    static const unsigned bad[] = {1, 2, 3, GDT_FREE + 4, GDT_FREE + 8, 0x1000, 0xfff8, 0x10000 + GDT_FREE};
    static const unsigned used[] = {KERNEL_CODE, KERNEL_DATA, USER_DATA & ~3u, GDT_TSS};

    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused((struct ksg_config){.gdt_selector = bad[i]}, KSG_BAD_SELECTOR);
    for (unsigned i = 0; i < sizeof used / sizeof used[0]; i++)
        refused((struct ksg_config){.gdt_selector = used[i]}, KSG_SELECTOR_IN_USE);
}

static void segments(void)
{
    refused_with(&gdt[KERNEL_CODE / 8].high, PRESENT, 0, KSG_NOT_FLAT);
    refused_with(&gdt[KERNEL_CODE / 8].high, GRANULARITY, 0, KSG_NOT_FLAT);
    refused_with(&gdt[KERNEL_DATA / 8].high, GRANULARITY, 0, KSG_NOT_FLAT);
    refused_with(&gdt[KERNEL_DATA / 8].low, 0, 0x10000, KSG_NOT_FLAT); /* a base that is not 0 */
}

static void task(void)
{
    refused_with(&gdt[GDT_TSS / 8].high, PRESENT, 0, KSG_BAD_TSS);
    refused_with(&gdt[GDT_TSS / 8].high, TYPE, TYPE_16_BIT_TSS, KSG_BAD_TSS);
    refused_with(&gdt[GDT_TSS / 8].low, 0xffff, sizeof tss - 2, KSG_BAD_TSS); /* the limit is a byte short */
}

/* A GDT of 512 entries whose last is the TSS. */
static void large_gdt(void)
{
    static struct descriptor large[512];
    struct table gdtr = gdt_loaded();

    for (unsigned i = 0; i < GDT_ENTRIES; i++)
        large[i] = gdt[i];
    large[511] = gdt[GDT_TSS / 8];
    large[511].high &= ~BUSY;
    gdt_load((struct table){sizeof large - 1, large});
    __asm__ volatile("ltr %w0" : : "r"(511 * 8) : "memory");
    refused((struct ksg_config){.gdt_selector = 0}, KSG_GDT_TOO_LARGE);

    gdt[GDT_TSS / 8].high &= ~BUSY;
    gdt_load(gdtr);
    __asm__ volatile("ltr %w0" : : "r"(GDT_TSS) : "memory");
}

static void page_directories(void)
{
    refused((struct ksg_config){.page_directory = page_directory() + 0x10}, KSG_BAD_PAGE_DIRECTORY);
    refused((struct ksg_config){.page_directory = page_directory() + 0x800}, KSG_BAD_PAGE_DIRECTORY);
}

static void installed(void)
{
    static struct state before, after;
    static struct ksg_cpu cpu;

    CHECK(ksg_uninstall() == KSG_NOT_INSTALLED);
    CHECK(ksg_install_cpu(0) == KSG_NULL);
    CHECK(ksg_install_cpu(&cpu) == KSG_NOT_INSTALLED);
    CHECK(ksg_install(0) == KSG_OK);
    state_take(&before);
    CHECK(ksg_install(0) == KSG_ALREADY_INSTALLED);
    CHECK(ksg_install_cpu(&cpu) == KSG_ALREADY_INSTALLED);
    state_take(&after);
    CHECK(state_same(&before, &after));
    CHECK(ksg_verify() == KSG_OK);
}

void scenario(void)
{
    lines();
    idt_set_limit(VECTOR_DOUBLE_FAULT * sizeof idt[0]); /* the first byte of entry 8 */
    refused((struct ksg_config){.gdt_selector = 0}, KSG_IDT_TOO_SHORT);
    idt_set_limit(sizeof idt - 1);
    selectors();
    segments();
    task();
    large_gdt();
    page_directories();
    installed();
    exit_machine(EXIT_PASSED);
}
