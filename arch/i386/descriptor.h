/* What the CPU reads from memory: GDT and IDT entries, the task state segment. SDM vol. 3, 3.4.5, 3.5, 6.11, 8.2. */
#ifndef I386_DESCRIPTOR_H
#define I386_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An entry of either table: a segment's descriptor, a system descriptor or a gate. */
struct descriptor {
    uint32_t low, high;
};
_Static_assert(sizeof(struct descriptor) == 8, "an entry has 8 bytes, SDM vol. 3, 3.4.5");

/* The operand of LGDT, LIDT, SGDT, SIDT. limit is the offset of the table's last byte. */
struct table_register {
    uint16_t limit;
    uint32_t base;
} __attribute__((packed));
_Static_assert(sizeof(struct table_register) == 6, "SDM vol. 3, 3.5.1");

/* Selectors, SDM vol. 3, 3.4.2. */
#define SELECTOR_RPL 3u
#define SELECTOR_LDT 4u
#define SELECTOR_BITS 0xffffu /* a TSS has 32 bits for a selector, of which the CPU writes 16 */
#define SELECTOR_INDEX 0xfff8u

/* Bits of an entry's high word. The five bits of its type are S on top, then TYPE: SDM vol. 3, tables 3-1 and 3-2. */
#define DESCRIPTOR_TYPE_SHIFT 8
#define DESCRIPTOR_TYPE_MASK 0x1fu
#define DESCRIPTOR_DPL_SHIFT 13
#define DESCRIPTOR_PRESENT (1u << 15)
#define DESCRIPTOR_32_BIT (1u << 22)
#define DESCRIPTOR_PAGES (1u << 23) /* the limit counts pages of 4 KiB */

#define TYPE_TSS_16 0x01u
#define TYPE_TASK_GATE 0x05u
#define TYPE_INTERRUPT_GATE_16 0x06u
#define TYPE_TRAP_GATE_16 0x07u
#define TYPE_TSS 0x09u
#define TYPE_BUSY 0x02u /* in the type of a TSS */
#define TYPE_INTERRUPT_GATE 0x0eu
#define TYPE_TRAP_GATE 0x0fu
#define TYPE_SEGMENT 0x10u /* S: code or data */
#define TYPE_CODE 0x08u
#define TYPE_WRITABLE 0x02u    /* data */
#define TYPE_EXPAND_DOWN 0x04u /* data */
#define TYPE_CONFORMING 0x04u  /* code */

#define BUSY_BIT (TYPE_BUSY << DESCRIPTOR_TYPE_SHIFT)
#define ACCESSED_BIT (1u << DESCRIPTOR_TYPE_SHIFT) /* in the type of a segment */

/* Base 0, limit 4 GiB, ring 0. Marked as accessed, so that the CPU has no reason to write to the table. */
#define FLAT_CODE ((struct descriptor){0x0000ffffu, 0x00cf9b00u})
#define FLAT_DATA ((struct descriptor){0x0000ffffu, 0x00cf9300u})

static inline bool descriptor_present(struct descriptor entry)
{
    return (entry.high & DESCRIPTOR_PRESENT) != 0;
}

static inline uint32_t descriptor_type(struct descriptor entry)
{
    return entry.high >> DESCRIPTOR_TYPE_SHIFT & DESCRIPTOR_TYPE_MASK;
}

static inline uint32_t descriptor_dpl(struct descriptor entry)
{
    return entry.high >> DESCRIPTOR_DPL_SHIFT & 3;
}

static inline uint32_t descriptor_base(struct descriptor entry)
{
    return entry.low >> 16 | (entry.high & 0xff) << 16 | (entry.high & 0xff000000u);
}

/* The offset of the segment's last byte. */
static inline uint32_t descriptor_limit(struct descriptor entry)
{
    uint32_t limit = (entry.low & 0xffff) | (entry.high & 0xf0000);

    return entry.high & DESCRIPTOR_PAGES ? limit << 12 | 0xfff : limit;
}

static inline bool descriptor_equal(struct descriptor one, struct descriptor other)
{
    return one.low == other.low && one.high == other.high;
}

static inline uint32_t gate_selector(struct descriptor gate)
{
    return gate.low >> 16;
}

static inline uint32_t gate_offset(struct descriptor gate)
{
    return (gate.high & 0xffff0000u) | (gate.low & 0xffff);
}

/* Both gates are of ring 0: no int instruction of ring 3 gets through. */
static inline struct descriptor task_gate(uint32_t selector)
{
    return (struct descriptor){selector << 16, DESCRIPTOR_PRESENT | TYPE_TASK_GATE << DESCRIPTOR_TYPE_SHIFT};
}

static inline struct descriptor interrupt_gate(uint32_t selector, uint32_t offset)
{
    uint32_t type = DESCRIPTOR_PRESENT | TYPE_INTERRUPT_GATE << DESCRIPTOR_TYPE_SHIFT;

    return (struct descriptor){selector << 16 | (offset & 0xffff), (offset & 0xffff0000u) | type};
}

/* SDM vol. 3, figure 8-2. The upper halves of the 16-bit fields keep what was there before. */
struct tss {
    uint32_t back_link;
    uint32_t esp0, ss0, esp1, ss1, esp2, ss2;
    uint32_t cr3; /* loaded by a task switch, never stored */
    uint32_t eip, eflags;
    uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
    uint32_t es, cs, ss, ds, fs, gs;
    uint32_t ldt;
    uint16_t trap, io_map;
} __attribute__((aligned(128))); /* so that no page ends within its first 104 bytes, SDM vol. 3, 8.2.1 */

#define TSS_SIZE 104u
_Static_assert(offsetof(struct tss, io_map) + 2 == TSS_SIZE, "SDM vol. 3, figure 8-2");

/* An available TSS of the least limit that there can be, which leaves it without an I/O map. */
static inline struct descriptor tss_descriptor(uint32_t base)
{
    uint32_t type = DESCRIPTOR_PRESENT | TYPE_TSS << DESCRIPTOR_TYPE_SHIFT;

    return (struct descriptor){base << 16 | (TSS_SIZE - 1), (base & 0xff000000u) | (base >> 16 & 0xff) | type};
}

#endif
