/* The two ways to an entry in the GDT: one that the host has reserved, or a larger copy of the GDT. */
#include "install.h"
#include "peek.h"
#include "processor.h"
#include "table.h"

#define ENTRY_SIZE ((uint32_t)sizeof(struct descriptor))

static int look_at_entry(const struct table_register *gdt, uint32_t index, struct descriptor *former)
{
    /* The task switch marks the TSS in its entry as busy. */
    if (!table_read(gdt, index, former) || !peek_writable(gdt->base + index * ENTRY_SIZE, ENTRY_SIZE))
        return KSG_BAD_SELECTOR;
    return descriptor_present(*former) ? KSG_SELECTOR_IN_USE : KSG_OK;
}

static int look_at_reserved(struct cpu *cpu, uint32_t selector)
{
    uint32_t index = selector / ENTRY_SIZE;
    int status;

    if (index == 0 || (selector & SELECTOR_LDT) || selector > (SELECTOR_INDEX | SELECTOR_RPL))
        return KSG_BAD_SELECTOR;
    for (const struct cpu *other = cpu_first(); other; other = other->next) {
        if (other->installed && other->host_gdt.base == cpu->host_gdt.base)
            return KSG_CPU_SHARES_GDT;
    }
    status = look_at_entry(&cpu->host_gdt, index, &cpu->host_entries[0]);
    if (status == KSG_OK && cpu->host_task_needed)
        status = look_at_entry(&cpu->host_gdt, index + 1, &cpu->host_entries[1]);
    cpu->code_selector = read_cs();
    cpu->data_selector = read_ss();
    cpu->task_selector = (uint16_t)(index * ENTRY_SIZE);
    cpu->host_task_selector = (uint16_t)((index + 1) * ENTRY_SIZE);
    return status;
}

static bool in_ldt_or_below(uint32_t selector, uint32_t size)
{
    return (selector & SELECTOR_LDT) || (selector & SELECTOR_INDEX) < size;
}

/* Where the highest entry ends that a register names. */
static uint32_t end_of_use(const struct cpu *cpu)
{
    const uint16_t in_use[] = {read_cs(), read_ss(), read_ds(),   read_es(),
                               read_fs(), read_gs(), read_ldtr(), cpu->host_tr};
    uint32_t end = 0;

    for (unsigned i = 0; i < sizeof in_use / sizeof in_use[0]; i++) {
        if (!in_ldt_or_below(in_use[i], end))
            end = (in_use[i] & SELECTOR_INDEX) + ENTRY_SIZE;
    }
    return end;
}

/* Do all selectors that are in use name entries among the first size bytes? */
static bool selectors_within(struct cpu *cpu, const struct table_register *idt, uint32_t size)
{
    uint32_t idt_size = idt->limit + 1u;

    if (end_of_use(cpu) > size)
        return false;
    /* Read into the private IDT, which has no other use before a crash. */
    idt_size = peek(cpu->idt, idt->base, idt_size < sizeof cpu->idt ? idt_size : sizeof cpu->idt);
    for (unsigned vector = 0; vector < idt_size / ENTRY_SIZE; vector++) {
        bool stays = vector != VECTOR_DF && descriptor_present(cpu->idt[vector]);

        if (stays && !in_ldt_or_below(gate_selector(cpu->idt[vector]), size))
            return false;
    }
    return true;
}

/* A GDT that is larger than the copy is cut off when nothing beyond is in use: limits of ffffh behind five entries are
   common. */
static int look_at_copy(struct cpu *cpu, const struct table_register *idt)
{
    const struct cpu *other = cpu_installed();
    uint32_t size = cpu->host_gdt.limit + 1u;
    uint32_t added = size / ENTRY_SIZE;
    uint32_t copied;

    if (other) /* CPUs that share an IDT share the gate, and the selector in it */
        added = other->task_selector / ENTRY_SIZE - ADDED_TASK;
    if (added > GDT_COPY_ROOM)
        added = GDT_COPY_ROOM;
    for (unsigned i = 0; i < GDT_COPY_ENTRIES; i++)
        cpu->gdt_copy[i] = (struct descriptor){0, 0};
    copied = peek(cpu->gdt_copy, cpu->host_gdt.base, size < added * ENTRY_SIZE ? size : added * ENTRY_SIZE);
    if (copied < size && !selectors_within(cpu, idt, copied & SELECTOR_INDEX))
        return KSG_GDT_TOO_LARGE;
    old_gdt_keep(cpu, copied < size ? end_of_use(cpu) : size);
    cpu->gdt_copy[added + ADDED_CODE] = FLAT_CODE;
    cpu->gdt_copy[added + ADDED_DATA] = FLAT_DATA;
    cpu->code_selector = (uint16_t)((added + ADDED_CODE) * ENTRY_SIZE);
    cpu->data_selector = (uint16_t)((added + ADDED_DATA) * ENTRY_SIZE);
    cpu->task_selector = (uint16_t)((added + ADDED_TASK) * ENTRY_SIZE);
    cpu->host_task_selector = (uint16_t)((added + ADDED_HOST_TASK) * ENTRY_SIZE);
    return KSG_OK;
}

int gdt_look(struct installation *installation)
{
    struct cpu *cpu = installation->cpu;
    unsigned selector = installation->config->gdt_selector;

    cpu->host_gdt = installation->borrow.gdt;
    cpu->copied = selector == 0;
    return cpu->copied ? look_at_copy(cpu, &installation->borrow.idt) : look_at_reserved(cpu, selector);
}

void gdt_write(struct cpu *cpu)
{
    struct table_register gdt = cpu->host_gdt;

    if (cpu->copied) {
        gdt.base = (uint32_t)cpu->gdt_copy;
        gdt.limit = (uint16_t)(cpu->host_task_selector + ENTRY_SIZE - 1);
    }
    table_write(&gdt, cpu->task_selector / ENTRY_SIZE, tss_descriptor((uint32_t)&cpu->tasks[STAGE_REPORT]));
    if (cpu->host_task_needed)
        table_write(&gdt, cpu->host_task_selector / ENTRY_SIZE, tss_descriptor((uint32_t)&cpu->host_task));
    if (cpu->copied)
        write_gdtr(gdt);
}

static void remove_entry(const struct table_register *gdt, uint32_t selector, const struct tss *tss,
                         struct descriptor former)
{
    uint32_t index = selector / ENTRY_SIZE;
    struct descriptor entry;

    if (!table_read(gdt, index, &entry))
        return;
    entry.high &= ~BUSY_BIT;
    if (descriptor_equal(entry, tss_descriptor((uint32_t)tss)))
        table_write(gdt, index, former);
}

void gdt_remove(const struct cpu *cpu, const struct borrow *borrow)
{
    if (cpu->copied) {
        if (borrow->gdt.base == (uint32_t)cpu->gdt_copy)
            write_gdtr(cpu->host_gdt);
        return;
    }
    if (borrow->gdt.base != cpu->host_gdt.base)
        return;
    remove_entry(&borrow->gdt, cpu->task_selector, &cpu->tasks[STAGE_REPORT], cpu->host_entries[0]);
    if (cpu->host_task_needed)
        remove_entry(&borrow->gdt, cpu->host_task_selector, &cpu->host_task, cpu->host_entries[1]);
}
