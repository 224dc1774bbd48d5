/* The CPU's registers and privileged instructions, as functions. */
#ifndef I386_PROCESSOR_H
#define I386_PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "descriptor.h"

#define EFLAGS_RESERVED (1u << 1) /* always 1 */
#define EFLAGS_INTERRUPTS (1u << 9)
#define EFLAGS_ID (1u << 21)

#define CR0_WRITE_PROTECT (1u << 16)
#define CR0_PAGING (1u << 31)
#define CR4_PAGE_SIZE (1u << 4)
#define CR4_PAE (1u << 5)
#define CR4_GLOBAL_PAGES (1u << 7)

/* CPUID leaf 1, EDX: VME, DE, PSE, TSC, MCE, PAE, PGE. Each is switched on or off in CR4. */
#define FEATURES_IN_CR4 (1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 7 | 1u << 6 | 1u << 13)

#define REGISTER_READER(name, type, instruction)                                                                       \
    static inline type name(void)                                                                                      \
    {                                                                                                                  \
        type value;                                                                                                    \
                                                                                                                       \
        __asm__ volatile(instruction : "=r"(value) : : "memory");                                                      \
        return value;                                                                                                  \
    }

REGISTER_READER(read_cr0, uint32_t, "movl %%cr0, %0")
REGISTER_READER(read_cr2, uint32_t, "movl %%cr2, %0")
REGISTER_READER(read_cr3, uint32_t, "movl %%cr3, %0")
REGISTER_READER(read_eflags, uint32_t, "pushfl\n\tpopl %0")
REGISTER_READER(read_cs, uint16_t, "movw %%cs, %0")
REGISTER_READER(read_ss, uint16_t, "movw %%ss, %0")
REGISTER_READER(read_ds, uint16_t, "movw %%ds, %0")
REGISTER_READER(read_es, uint16_t, "movw %%es, %0")
REGISTER_READER(read_fs, uint16_t, "movw %%fs, %0")
REGISTER_READER(read_gs, uint16_t, "movw %%gs, %0")
REGISTER_READER(read_tr, uint16_t, "strw %0")
REGISTER_READER(read_ldtr, uint16_t, "sldtw %0")

static inline void write_cr0(uint32_t value)
{
    __asm__ volatile("movl %0, %%cr0" : : "r"(value) : "memory");
}

static inline void write_cr3(uint32_t value)
{
    __asm__ volatile("movl %0, %%cr3" : : "r"(value) : "memory");
}

static inline void write_eflags(uint32_t value)
{
    __asm__ volatile("pushl %0\n\tpopfl" : : "r"(value) : "memory", "cc");
}

static inline struct table_register read_gdtr(void)
{
    struct table_register table;

    __asm__ volatile("sgdt %0" : "=m"(table));
    return table;
}

static inline struct table_register read_idtr(void)
{
    struct table_register table;

    __asm__ volatile("sidt %0" : "=m"(table));
    return table;
}

static inline void write_gdtr(struct table_register table)
{
    __asm__ volatile("lgdt %0" : : "m"(table) : "memory");
}

static inline void write_idtr(struct table_register table)
{
    __asm__ volatile("lidt %0" : : "m"(table) : "memory");
}

static inline void write_tr(uint32_t selector)
{
    __asm__ volatile("ltr %w0" : : "r"(selector) : "memory");
}

/* Interrupts off; returns what restores them. */
static inline uint32_t interrupts_off(void)
{
    uint32_t eflags = read_eflags();

    __asm__ volatile("cli" : : : "memory");
    return eflags;
}

static inline void interrupts_restore(uint32_t eflags)
{
    if (eflags & EFLAGS_INTERRUPTS)
        __asm__ volatile("sti" : : : "memory");
}

static inline void invalidate_page(uint32_t address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* In a loop that waits for another CPU. Older CPUs take it for a nop. */
static inline void processor_pause(void)
{
    __asm__ volatile("rep nop" : : : "memory");
}

/* An invalid opcode, whose handler does not return. */
_Noreturn static inline void processor_fault(void)
{
    __asm__ volatile("ud2");
    __builtin_unreachable();
}

/* Only a non-maskable interrupt can end a HLT here, hence the loop. */
_Noreturn static inline void halt_for_ever(void)
{
    for (;;)
        __asm__ volatile("cli\n\thlt" : : : "memory");
}

/* CPUID leaf 1, or zeros on a CPU that is older than the instruction: there the ID flag cannot be changed. */
static inline void read_features(uint32_t *ebx, uint32_t *edx)
{
    uint32_t eflags = read_eflags();
    uint32_t eax = 1, ecx = 0;
    bool has_cpuid;

    *ebx = *edx = 0;
    write_eflags(eflags ^ EFLAGS_ID);
    has_cpuid = ((read_eflags() ^ eflags) & EFLAGS_ID) != 0;
    write_eflags(eflags);
    if (has_cpuid)
        __asm__ volatile("cpuid" : "+a"(eax), "=b"(*ebx), "+c"(ecx), "=d"(*edx));
}

/* 0 on a CPU that has none: an 80386 or 80486. */
static inline uint32_t read_cr4(void)
{
    uint32_t ebx, edx, value = 0;

    read_features(&ebx, &edx);
    if (edx & FEATURES_IN_CR4)
        __asm__ volatile("movl %%cr4, %0" : "=r"(value) : : "memory");
    return value;
}

#endif
