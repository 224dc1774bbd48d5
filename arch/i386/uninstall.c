/* ksg_uninstall: everything back as it was before, except for what somebody has replaced since. */
#include "install.h"
#include "processor.h"
#include "table.h"

struct cpu *idt_shared(const struct cpu *cpu, uint32_t base)
{
    struct cpu *other = cpu_first();

    while (other && (other == cpu || !other->installed || other->host_idt.base != base))
        other = other->next;
    return other;
}

/* Of the CPUs that use one IDT the last one puts the gate back. */
static void remove_gate(const struct cpu *cpu, const struct borrow *borrow)
{
    struct descriptor gate;
    bool ours = borrow->idt.base == cpu->host_idt.base && table_read(&borrow->idt, VECTOR_DF, &gate) &&
                descriptor_equal(gate, task_gate(cpu->task_selector));

    if (ours && !idt_shared(cpu, cpu->host_idt.base))
        table_write(&borrow->idt, VECTOR_DF, cpu->host_gate);
}

void hook_remove(struct cpu *cpu, const struct borrow *borrow)
{
    remove_gate(cpu, borrow);
    gdt_remove(cpu, borrow);
}

int KSG_CALL ksg_uninstall(void)
{
    struct cpu *cpu = cpu_find(cpu_number());
    struct borrow borrow;
    int status;

    if (cpu == 0 || !cpu->installed)
        return KSG_NOT_INSTALLED;
    borrow_begin(&borrow);
    status = hook_verify(cpu, &borrow);
    hook_remove(cpu, &borrow);
    borrow_end(&borrow);
    cpu->installed = false;
    /* SDM vol. 2, LTR: 0 cannot be loaded. Until the host loads a TSS of its own, TR holds ours, by a selector that
       names nothing any more; the CPU does without the descriptor. */
    cpu->left_in_tr = cpu->host_task_needed && read_tr() == cpu->host_task_selector ? cpu->host_task_selector : 0;
    if (cpu->left_in_tr == 0)
        cpu_forget(cpu);
    return status;
}
