/* For kernels that check themselves: what has to hold, and what the CPU's tables are. */
#ifndef KERNELS_CHECK_H
#define KERNELS_CHECK_H

#include "kernel.h"

#define CHECK(condition) check(condition, #condition)

static inline void check(bool holds, const char *condition)
{
    if (holds)
        return;
    console_print("does not hold: ");
    console_print(condition);
    console_print("\n");
    exit_machine(EXIT_FAILED);
}

/* The operand of lgdt, sgdt, lidt and sidt, SDM vol. 3, 3.5.1. */
struct table {
    uint16_t limit;
    const struct descriptor *entries;
} __attribute__((packed));

static inline struct table gdt_loaded(void)
{
    struct table table;

    __asm__ volatile("sgdt %0" : "=m"(table));
    return table;
}

static inline struct table idt_loaded(void)
{
    struct table table;

    __asm__ volatile("sidt %0" : "=m"(table));
    return table;
}

static inline void gdt_load(struct table table)
{
    __asm__ volatile("lgdt %0" : : "m"(table) : "memory");
}

static inline void idt_load(struct table table)
{
    __asm__ volatile("lidt %0" : : "m"(table) : "memory");
}

static inline uint16_t task_register(void)
{
    uint16_t selector;

    __asm__ volatile("str %0" : "=m"(selector));
    return selector;
}

static inline uint32_t page_directory(void)
{
    uint32_t cr3;

    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    return cr3;
}

static inline bool same_bytes(const void *left, const void *right, uint32_t count)
{
    const uint8_t *a = left;
    const uint8_t *b = right;

    while (count != 0 && *a == *b) {
        a++;
        b++;
        count--;
    }
    return count == 0;
}

/* Everything that installing could change, and a refusal must not. */
struct state {
    struct table gdtr, idtr;
    uint16_t tr;
    uint32_t cr0, cr3;
    struct descriptor gdt[GDT_ENTRIES];
    struct descriptor idt[IDT_ENTRIES];
    struct tss tss;
};

static inline void state_take(struct state *state)
{
    state->gdtr = gdt_loaded();
    state->idtr = idt_loaded();
    state->tr = task_register();
    __asm__ volatile("mov %%cr0, %0" : "=r"(state->cr0));
    state->cr3 = page_directory();
    for (unsigned i = 0; i < GDT_ENTRIES; i++)
        state->gdt[i] = gdt[i];
    for (unsigned i = 0; i < IDT_ENTRIES; i++)
        state->idt[i] = idt[i];
    state->tss = tss;
}

/* Is all as it was? Between two takes, of static storage. */
static inline bool state_same(const struct state *before, const struct state *after)
{
    return same_bytes(before, after, sizeof *before);
}

#endif
