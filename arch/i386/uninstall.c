/* ksg_uninstall: everything back as it was before, except for what somebody has replaced since. */
#include "install.h"
#include "processor.h"
#include "table.h"

struct cpu *shares_idt(const struct cpu *cpu, uint32_t base)
{
    struct cpu *other = cpu_first();

    while (other && (other == cpu || !other->installed || other->host_idt.base != base))
        other = other->next;
    return other;
}

/* The last CPU that uses an IDT puts its gate back. */
static void remove_gate(const struct cpu *cpu, const struct borrow *borrow)
{
    struct descriptor gate;
    bool ours = borrow->idt.base == cpu->host_idt.base && table_read(&borrow->idt, VECTOR_DF, &gate) &&
                descriptor_equal(gate, task_gate(cpu->task_selector));

    if (ours && !shares_idt(cpu, cpu->host_idt.base))
        table_write(&borrow->idt, VECTOR_DF, cpu->host_gate);
}

static void remove_entry(const struct table_register *gdt, uint32_t selector, const struct tss *tss,
                         struct descriptor former)
{
    uint32_t index = selector / sizeof former;
    struct descriptor entry;
    bool ours;

    if (!table_read(gdt, index, &entry))
        return;
    entry.high &= ~BUSY_BIT;
    ours = descriptor_equal(entry, tss_descriptor((uint32_t)tss));
    if (ours)
        table_write(gdt, index, former);
}

static void remove_from_gdt(const struct cpu *cpu, const struct borrow *borrow)
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

void remove_hook(struct cpu *cpu, const struct borrow *borrow)
{
    remove_gate(cpu, borrow);
    remove_from_gdt(cpu, borrow);
    cpu->installed = false;
    /* TR cannot be loaded with 0 again: SDM vol. 2, LTR. As long as the host loads none of its own, TR holds ours, whose
       descriptor is gone from the GDT but not from the CPU. */
    if (!cpu->host_task_needed || read_tr() != cpu->host_task_selector)
        cpu_forget(cpu);
}

int ksg_uninstall(void)
{
    struct cpu *cpu = cpu_find(cpu_number());
    struct borrow borrow;
    int status;

    if (cpu == 0 || !cpu->installed)
        return KSG_NOT_INSTALLED;
    borrow_begin(&borrow);
    status = verify_hook(cpu, &borrow);
    remove_hook(cpu, &borrow);
    borrow_end(&borrow);
    return status;
}
