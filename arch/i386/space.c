/* The victim's address space. */
#include "space.h"

#include "guard.h"
#include "own.h"
#include "peek.h"
#include "processor.h"
#include "tables.h"

#define PAGE 4096u
#define LOW_BITS 0xffffff5fu /* of an entry: all but accessed and dirty, which the CPU sets */

static const struct table_access access = {peek, poke};

static bool find(uint32_t cr3, uint32_t page, struct entry *entry)
{
    return tables_find(&access, cr3, page, entry) == KSG_OK;
}

/* Does physical_to_linear lead to the tables that the CPU uses? */
static bool tables_within_reach(uint32_t own, uint32_t victim)
{
    uint32_t page = (uint32_t)space_look & -PAGE;
    struct entry entry;

    return tables_linear(own) != tables_linear(victim) && find(own, page, &entry) && tables_proven(&access, &entry, page);
}

static bool same_in_both(uint32_t own, uint32_t victim, uint32_t page)
{
    struct entry one, other;

    return find(own, page, &one) && find(victim, page, &other) && ((one.words[0] ^ other.words[0]) & LOW_BITS) == 0 &&
           one.words[1] == other.words[1] && one.large == other.large && one.writable == other.writable;
}

/* What runs, and what it works on, must not be another page all at once. */
static bool module_in_both(const struct cpu *cpu, uint32_t own, uint32_t victim)
{
    const struct ksg_range *ranges = own_ranges(cpu);

    if (!ranges)
        return false;
    for (unsigned i = 0; i < OWN_RANGES; i++)
        for (uint32_t page = ranges[i].start & -PAGE; page < ranges[i].end; page += PAGE)
            if (!same_in_both(own, victim, page))
                return false;
    return true;
}

static bool maps(uint32_t cr3, uint32_t address)
{
    struct entry entry;

    return find(cr3, address & -PAGE, &entry);
}

/* Is the stack there, at the word last pushed or the one to be pushed next? */
static bool maps_stack(uint32_t cr3, uint32_t pointer)
{
    return maps(cr3, pointer) || maps(cr3, pointer - 4);
}

struct question {
    const struct cpu *cpu;
    struct crash *crash;
};

/* The host's hook may fault. */
static void find_space(void *argument)
{
    const struct question *question = argument;
    struct crash *crash = question->crash;
    uint32_t own = crash->cr3, victim = crash->victim_cr3;
    uint32_t pointer = crash_in_user_mode(crash) ? crash->esp0 : crash->esp;

    if (!tables_within_reach(own, victim) || !module_in_both(question->cpu, own, victim))
        return;
    if (crash->registers_known && !maps_stack(victim, pointer) && maps_stack(own, pointer))
        crash->space = SPACE_WITHOUT_STACK;
    else
        crash->space = SPACE_VICTIM;
}

void space_look(const struct cpu *cpu, struct crash *crash)
{
    struct question question = {cpu, crash};

    if (!(crash->cr0 & CR0_PAGING) || tables_directory(crash->cr3) == tables_directory(crash->victim_cr3)) {
        crash->space = SPACE_SAME;
        return;
    }
    crash->space = SPACE_UNREADABLE;
    guarded(find_space, &question, 0);
}

void space_enter(const struct crash *crash)
{
    if (crash->space == SPACE_VICTIM)
        write_cr3(tables_directory(crash->victim_cr3));
}

/* Two places have to say the same: whatever else a stray word left there would be the end. */
void space_leave(const struct cpu *cpu)
{
    if (cpu->crash.space == SPACE_VICTIM && cpu->crash.cr3 == cpu->tasks[STAGE_REPORT].cr3)
        write_cr3(cpu->crash.cr3);
}
