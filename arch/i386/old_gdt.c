/* The GDT that was copied: the CPU does not use it any more, and what the host writes there has no effect. */
#include "facts.h"
#include "install.h"
#include "table.h"

/* Without what the CPU itself changes in an entry: that a segment was accessed, that a TSS is busy. */
static struct descriptor settled(struct descriptor entry)
{
    if (descriptor_type(entry) & TYPE_SEGMENT)
        entry.high &= ~ACCESSED_BIT;
    else if ((descriptor_type(entry) & ~TYPE_BUSY) == TYPE_TSS)
        entry.high &= ~BUSY_BIT;
    return entry;
}

/* A TSS that another CPU has loaded, which goes on with the old GDT: its entry was not written for this one. */
static bool is_other_cpus(const struct cpu *cpu, uint32_t index, struct descriptor entry)
{
    return descriptor_type(entry) == (TYPE_TSS | TYPE_BUSY) && index != cpu->host_tr / sizeof entry;
}

/* Sums what is there now. True: it is as in the copy. What cannot be read any more is as it was. */
static bool look(const struct cpu *cpu, uint32_t *sum)
{
    bool same = true;

    *sum = 0;
    for (uint32_t index = 0; index < cpu->old_entries; index++) {
        struct descriptor copy = settled(cpu->gdt_copy[index]), entry;

        if (!table_read(&cpu->host_gdt, index, &entry))
            entry = copy;
        same = same && (descriptor_equal(settled(entry), copy) || is_other_cpus(cpu, index, entry));
        entry = settled(entry);
        *sum = facts_sum((const uint32_t[]){*sum, entry.low, entry.high}, 3);
    }
    return same;
}

void old_gdt_keep(struct cpu *cpu, uint32_t size)
{
    cpu->old_entries = size / (uint32_t)sizeof(struct descriptor);
    look(cpu, &cpu->old_sum);
}

/* A host that writes to both keeps them alike; one that asks for GDTR and writes to the copy leaves the old one as it was. */
bool old_gdt_written(const struct cpu *cpu)
{
    uint32_t sum;

    return cpu->copied && !look(cpu, &sum) && sum != cpu->old_sum;
}
