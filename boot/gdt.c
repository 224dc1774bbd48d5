/* The global descriptor table: flat segments for ring 0 and ring 3, and the one TSS. */
#include "kernel.h"

/* Access bytes, SDM vol. 3, 3.4.5 and 3.5. */
enum access {
    ACCESS_KERNEL_CODE = 0x9a,
    ACCESS_KERNEL_DATA = 0x92,
    ACCESS_USER_CODE = 0xfa,
    ACCESS_USER_DATA = 0xf2,
    ACCESS_TSS = 0x89 /* 32-bit, available */
};
#define FLAGS_FLAT 0xc /* counts pages, 32-bit */
#define FLAGS_TSS 0x0  /* counts bytes */
#define LIMIT_FLAT 0xfffffu

struct descriptor gdt[GDT_ENTRIES];
_Alignas(128) struct tss tss; /* in one page: SDM vol. 3, 8.2.1 */

_Static_assert(sizeof(struct tss) == 104, "SDM vol. 3, figure 8-2");

static struct descriptor descriptor(uint32_t base, uint32_t limit, enum access access, uint32_t flags)
{
    struct descriptor entry;

    entry.low = (base & 0xffff) << 16 | (limit & 0xffff);
    entry.high = (base & 0xff000000) | flags << 20 | (limit & 0xf0000) | (uint32_t)access << 8 | (base >> 16 & 0xff);
    return entry;
}

void gdt_set_limit(uint16_t limit)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        struct descriptor *base;
    } gdtr = {limit, gdt};

    __asm__ volatile("lgdt %0" : : "m"(gdtr), "m"(gdt));
}

static void load_segments(void)
{
    __asm__ volatile("ljmp %0, $1f\n"
                     "1:\n\t"
                     "mov %1, %%ds\n\t"
                     "mov %1, %%es\n\t"
                     "mov %1, %%fs\n\t"
                     "mov %1, %%gs\n\t"
                     "mov %1, %%ss"
                     :
                     : "i"(KERNEL_CODE), "r"(KERNEL_DATA)
                     : "memory");
}

static void load_tss(void)
{
    uint32_t limit = kernel_options.tss_limit != 0 ? kernel_options.tss_limit : sizeof tss - 1;

    tss.ss0 = KERNEL_DATA;
    tss.esp0 = boot_thread.stack.base;
    tss.io_map = sizeof tss; /* behind the limit: no I/O bitmap, SDM vol. 1, 19.5.2 */
    gdt[GDT_TSS / 8] = descriptor((uint32_t)&tss, limit, ACCESS_TSS, FLAGS_TSS);
    __asm__ volatile("ltr %w0" : : "r"(GDT_TSS), "m"(tss) : "memory");
}

void gdt_init(void)
{
    unsigned entries = GDT_FREE / 8 + kernel_options.free_gdt_entries;

    gdt[KERNEL_CODE / 8] = descriptor(0, LIMIT_FLAT, ACCESS_KERNEL_CODE, FLAGS_FLAT);
    gdt[KERNEL_DATA / 8] = descriptor(0, LIMIT_FLAT, ACCESS_KERNEL_DATA, FLAGS_FLAT);
    gdt[USER_CODE / 8] = descriptor(0, LIMIT_FLAT, ACCESS_USER_CODE, FLAGS_FLAT);
    gdt[USER_DATA / 8] = descriptor(0, LIMIT_FLAT, ACCESS_USER_DATA, FLAGS_FLAT);
    gdt_set_limit((uint16_t)(entries * sizeof gdt[0] - 1));
    load_segments();
    if (!kernel_options.no_task_register)
        load_tss();
}
