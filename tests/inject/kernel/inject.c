/* The kernel that is damaged: waits for a plan, crashes by it, and damages itself at the moment that it names. */
#include "inject.h"

#include "kernel.h"

#define EFLAGS_TRAP "0x100"
#define VECTOR_DEBUG 1
#define ALIAS 0x80000000u /* what is used of memory once more, by page tables that no damage is meant for */
#define ALLOCATED 0x1000000u /* where page_allocate begins */
#define OWN_MORE 0x40000u    /* bytes that are still in use behind what is known */

volatile struct plan inject_plan;

void inject_step(void); /* step.asm */

static uint8_t *alias(uint32_t physical)
{
    return (uint8_t *)(ALIAS + physical);
}

static volatile struct plan *plan(void)
{
    return (volatile struct plan *)alias((uint32_t)&inject_plan);
}

/* What is used of memory is mapped once more, for the damage. All that nobody uses is one page of rubbish, again and again:
   it does not let code that went astray slide through zeros for minutes. */
static void map_memory(void)
{
    extern const char ksg_symbol_table[];
    uint32_t rubbish = page_allocate(1);
    uint32_t own_end = ((uint32_t)ksg_symbol_table & PAGE_ADDRESS) + OWN_MORE;
    uint32_t allocated_end = rubbish + OWN_MORE;
    uint32_t value = 1;

    for (uint32_t *word = (uint32_t *)rubbish; word != (uint32_t *)(rubbish + PAGE_SIZE); word++)
        *word = value = value * 1664525 + 1013904223;
    for (uint32_t page = 0; page < IDENTITY_END; page += PAGE_SIZE) {
        if (page < own_end || (page >= ALLOCATED && page < allocated_end))
            page_map(ALIAS + page, page, PAGE_WRITABLE);
        else
            page_map(page, rubbish, PAGE_WRITABLE);
    }
}

static void damage(const volatile struct damage *damage)
{
    for (uint32_t i = 0; i < damage->count; i++) {
        uint8_t byte = plan()->bytes[damage->first + i];

        if (damage->way == WAY_PORT)
            out_byte((uint16_t)(damage->address + i), byte);
        else if (damage->way == WAY_FLIP)
            *alias(damage->address + i) ^= byte;
        else
            *alias(damage->address + i) = byte;
    }
}

/* Also called by step.asm. */
void inject_apply(void)
{
    for (uint32_t i = 0; i < plan()->damage_count; i++)
        damage(&plan()->damage[i]);
    plan()->applied = 1;
    __asm__ volatile("mov %%cr3, %%eax\n\tmov %%eax, %%cr3" : : : "eax", "memory");
}

void inject_before(void)
{
    if (plan()->moment == MOMENT_BEFORE)
        inject_apply();
}

/* Debug exceptions come to step.asm, one behind each instruction: the module's own handler of them has nothing to do. */
static void step(void)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        uint32_t base;
    } idtr;
    struct descriptor *gate;
    uint32_t handler = (uint32_t)inject_step;

    __asm__ volatile("sidt %0" : "=m"(idtr));
    gate = (struct descriptor *)idtr.base + VECTOR_DEBUG;
    gate->low = (gate->low & 0xffff0000) | (handler & 0xffff);
    gate->high = (gate->high & 0xffff) | (handler & 0xffff0000);
    __asm__ volatile("pushf\n\torl $" EFLAGS_TRAP ", (%%esp)\n\tpopf" : : : "memory", "cc");
}

/* The module calls this first of all in the double-fault task. */
static void KSG_CALL caught(void *context)
{
    (void)context;
    if (plan()->moment == MOMENT_CAUGHT)
        inject_apply();
    if (plan()->moment == MOMENT_WITHIN)
        step();
}

static void install(void)
{
    static const struct ksg_config config = {.stop_cpus = caught};

    if (ksg_add_stack(&boot_thread.stack) != KSG_OK || ksg_guard_page(boot_thread.stack.limit - 1) != KSG_OK ||
        ksg_install(&config) != KSG_OK)
        kernel_panic("kstackguard cannot be installed");
}

void scenario(void)
{
    map_memory();
    install();
    inject_plan.waiting = 1;
    while (!inject_plan.ready)
        continue;
    victim_run(inject_plan.crash);
    console_print("nothing has crashed\n");
    for (;;)
        __asm__ volatile("cli\n\thlt");
}
