/* ksg_verify finds what somebody has replaced since, and finds all well when it is put back. */
#include "check.h"

const struct kernel_options kernel_options = {.free_gdt_entries = 1};

static struct descriptor other_gdt[GDT_ENTRIES], other_idt[IDT_ENTRIES];
static const struct table other_gdtr = {sizeof other_gdt - 1, other_gdt};
static const struct table other_idtr = {sizeof other_idt - 1, other_idt};

static void copy(struct descriptor *to, const struct descriptor *from, unsigned entries)
{
    for (unsigned i = 0; i < entries; i++)
        to[i] = from[i];
}

/* The TSS that the descriptor leads to, SDM vol. 3, figure 8-3. */
static struct tss *tss_of(struct descriptor entry)
{
    return (struct tss *)(entry.low >> 16 | (entry.high & 0xff) << 16 | (entry.high & 0xff000000));
}

static void gate(void)
{
    struct descriptor ours = idt[VECTOR_DOUBLE_FAULT];

    idt_set_gate(VECTOR_DOUBLE_FAULT, scenario, 0);
    CHECK(ksg_verify() == KSG_GATE_REPLACED);
    idt_set_task_gate(VECTOR_DOUBLE_FAULT, GDT_TSS);
    CHECK(ksg_verify() == KSG_GATE_REPLACED);
    idt_clear(VECTOR_DOUBLE_FAULT);
    CHECK(ksg_verify() == KSG_GATE_REPLACED);
    idt[VECTOR_DOUBLE_FAULT] = ours;
    CHECK(ksg_verify() == KSG_OK);
}

/* entry: the GDT's, which leads to the module's TSS. */
static void task(struct descriptor *entry)
{
    struct descriptor ours = *entry;
    struct tss *task = tss_of(ours);
    uint32_t eip = task->eip;

    *entry = gdt[GDT_TSS / 8];
    CHECK(ksg_verify() == KSG_TSS_REPLACED);
    *entry = (struct descriptor){0, 0};
    CHECK(ksg_verify() == KSG_TSS_REPLACED);
    *entry = ours;
    CHECK(ksg_verify() == KSG_OK);

    task->eip = 0;
    CHECK(ksg_verify() == KSG_TSS_REPLACED);
    task->eip = eip;
    CHECK(ksg_verify() == KSG_OK);
}

static void tables(void)
{
    struct table gdtr = gdt_loaded();
    struct table idtr = idt_loaded();

    copy(other_gdt, gdt, GDT_ENTRIES);
    other_gdt[GDT_FREE / 8] = (struct descriptor){0, 0};
    gdt_load(other_gdtr);
    CHECK(ksg_verify() == KSG_GDT_REPLACED);
    gdt_load(gdtr);
    CHECK(ksg_verify() == KSG_OK);

    copy(other_idt, idt, IDT_ENTRIES);
    other_idt[VECTOR_DOUBLE_FAULT] = (struct descriptor){0, 0};
    idt_load(other_idtr);
    CHECK(ksg_verify() == KSG_IDT_REPLACED);
    idt_load((struct table){VECTOR_DOUBLE_FAULT * sizeof idt[0] - 1, idt}); /* too short for entry 8 */
    CHECK(ksg_verify() != KSG_OK);
    idt_load(idtr);
    CHECK(ksg_verify() == KSG_OK);
}

#define ACCESSED 0x00000100u /* of a segment: set by the CPU, SDM vol. 3, 3.4.5.1 */
#define BUSY 0x00000200u     /* of a TSS: likewise */

/* In the GDT that was copied. */
static void old_gdt(void)
{
    struct descriptor *copy = (struct descriptor *)gdt_loaded().entries;
    struct descriptor data = gdt[USER_DATA / 8], task = gdt[GDT_TSS / 8];

    gdt[USER_DATA / 8].low += 0x10000; /* another base, as at a thread switch */
    CHECK(ksg_verify() == KSG_OLD_GDT_WRITTEN);
    copy[USER_DATA / 8] = gdt[USER_DATA / 8]; /* by a kernel that knows of both */
    CHECK(ksg_verify() == KSG_OK);
    copy[USER_DATA / 8] = gdt[USER_DATA / 8] = data;
    CHECK(ksg_verify() == KSG_OK);

    gdt[GDT_TSS / 8].low += 0x10000;
    CHECK(ksg_verify() == KSG_OLD_GDT_WRITTEN);
    gdt[GDT_TSS / 8] = task;
    gdt[GDT_FREE / 8] = data;
    CHECK(ksg_verify() == KSG_OLD_GDT_WRITTEN);
    gdt[GDT_FREE / 8] = (struct descriptor){0, 0};
    CHECK(ksg_verify() == KSG_OK);

    gdt[GDT_TSS / 8].high ^= BUSY;
    gdt[USER_DATA / 8].high ^= ACCESSED;
    CHECK(ksg_verify() == KSG_OK); /* that is no other entry */
    gdt[GDT_TSS / 8] = task;
    gdt[USER_DATA / 8] = data;

    gdt[GDT_FREE / 8] = task;
    gdt[GDT_FREE / 8].high |= BUSY;
    CHECK(ksg_verify() == KSG_OK); /* another CPU has loaded it, on which the old GDT is in use */
    gdt[GDT_FREE / 8] = (struct descriptor){0, 0};

    copy[GDT_FREE / 8] = data; /* by a kernel that asks for the GDT first */
    CHECK(ksg_verify() == KSG_OK);
    copy[GDT_FREE / 8] = (struct descriptor){0, 0};
}

/* What somebody has replaced is theirs, also when the module leaves. */
static void uninstall_replaced(void)
{
    struct descriptor theirs;

    idt_set_task_gate(VECTOR_DOUBLE_FAULT, GDT_TSS);
    theirs = idt[VECTOR_DOUBLE_FAULT];
    CHECK(ksg_uninstall() == KSG_GATE_REPLACED);
    CHECK(same_bytes(&theirs, &idt[VECTOR_DOUBLE_FAULT], sizeof theirs));
    CHECK(ksg_verify() == KSG_NOT_INSTALLED);
}

void scenario(void)
{
    struct ksg_config reserved = {.gdt_selector = GDT_FREE};

    CHECK(ksg_verify() == KSG_NOT_INSTALLED);
    CHECK(ksg_install(&reserved) == KSG_OK);
    CHECK(ksg_verify() == KSG_OK);
    gate();
    task(&gdt[GDT_FREE / 8]);
    tables();
    uninstall_replaced();

    CHECK(ksg_install(0) == KSG_OK); /* the copied GDT */
    CHECK(ksg_verify() == KSG_OK);
    old_gdt();
    gdt_load((struct table){GDT_FREE - 1, gdt});
    CHECK(ksg_verify() == KSG_GDT_REPLACED);
    CHECK(ksg_uninstall() == KSG_GDT_REPLACED);
    CHECK(gdt_loaded().entries == gdt);
    exit_machine(EXIT_PASSED);
}
