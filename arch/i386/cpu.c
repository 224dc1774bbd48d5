/* Which CPU this is, and the list of those that the module was installed on. */
#include "cpu.h"

#include "processor.h"

static struct cpu *list;

struct cpu *cpu_inside(struct ksg_cpu *outer)
{
    uint32_t alignment = _Alignof(struct cpu);

    return (struct cpu *)(((uint32_t)outer + alignment - 1) & -alignment);
}

/* The initial APIC ID. Where there is more than one CPU, each has an APIC (SDM vol. 3, 9.4.5), and so CPUID. */
uint32_t cpu_number(void)
{
    uint32_t ebx, edx;

    read_features(&ebx, &edx);
    return ebx >> 24;
}

struct cpu *cpu_first(void)
{
    return list;
}

struct cpu *cpu_installed(void)
{
    struct cpu *cpu = list;

    while (cpu && !cpu->installed)
        cpu = cpu->next;
    return cpu;
}

struct cpu *cpu_find(uint32_t number)
{
    struct cpu *cpu = list;

    while (cpu && cpu->number != number)
        cpu = cpu->next;
    return cpu;
}

void cpu_keep(struct cpu *cpu)
{
    cpu->next = list;
    list = cpu;
}

void cpu_forget(struct cpu *cpu)
{
    struct cpu **link = &list;

    while (*link && *link != cpu)
        link = &(*link)->next;
    if (*link)
        *link = cpu->next;
}
