/* The crash, or what ksg_report was called for, as arch captured it: handed over once and not changed afterwards. */
#ifndef KMOD_CRASH_H
#define KMOD_CRASH_H

#include <stdbool.h>
#include <stdint.h>

/* Exception vectors, SDM vol. 3, 6.3.1. */
enum vector {
    VECTOR_DE = 0,
    VECTOR_DB = 1,
    VECTOR_NMI = 2,
    VECTOR_BP = 3,
    VECTOR_OF = 4,
    VECTOR_BR = 5,
    VECTOR_UD = 6,
    VECTOR_NM = 7,
    VECTOR_DF = 8,
    VECTOR_TS = 10,
    VECTOR_NP = 11,
    VECTOR_SS = 12,
    VECTOR_GP = 13,
    VECTOR_PF = 14,
    VECTOR_MF = 16,
    VECTOR_AC = 17,
    VECTOR_MC = 18,
    VECTOR_COUNT = 32
};

/* Why the host's IDT entry for an exception cannot deliver it. */
enum gate_fault {
    GATE_GOOD = 0,
    GATE_BEYOND_LIMIT,    /* the IDT ends before it */
    GATE_UNREADABLE,      /* the IDT's memory cannot be read there */
    GATE_EMPTY,           /* it is 0 */
    GATE_NOT_PRESENT,     /* its P bit is 0 */
    GATE_WRONG_TYPE,      /* no interrupt, trap or task gate */
    GATE_BAD_SELECTOR,    /* null, beyond the GDT, or in an LDT */
    GATE_NOT_CODE,        /* its selector's descriptor is no present code segment */
    GATE_BAD_TSS,         /* a task gate whose TSS is none that is present and readable */
    GATE_BUSY,            /* a task gate to a task that is running, or was left for another */
    GATE_BAD_HANDLER      /* its handler's first byte cannot be read */
};

enum crash_kind {
    CRASH_DOUBLE_FAULT,   /* a double fault: the CPU pushed its error code */
    CRASH_NO_ERROR_CODE,  /* the gate was entered without one: int 8, or IRQ 0 on a PIC that nobody remapped */
    CRASH_ON_DEMAND,      /* none: ksg_report. cr2 is 0 when there was no page fault */
    CRASH_TRAMPLED        /* none: ksg_check_stacks found a stack used to its end, or near it */
};

/* Whose memory is read. */
enum space {
    SPACE_UNKNOWN,      /* what the handler's page directory maps; nobody said which one the kernel was on */
    SPACE_SAME,         /* that was the same one */
    SPACE_VICTIM,       /* what the kernel's maps, which was another */
    SPACE_UNREADABLE,   /* what the handler's maps; the kernel's was another, whose tables cannot be read */
    SPACE_WITHOUT_STACK /* the same, since the kernel's does not map the stack that it was on, and the handler's does */
};

struct ksg_stack;

/* A task that was left, by an exception or a far call, for one that has not come back; as its TSS has it. */
struct outer_task {
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp, eip, eflags;
    uint16_t tr, cs, ss, unused;
};

#define OUTER_TASKS 2 /* that are looked at */

#define CRASH_REASON 65 /* with the 0 */

struct crash {
    enum crash_kind kind;
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp, eip, eflags;
    uint16_t cs, ss, ds, es, fs, gs, ldt;
    uint16_t tr;          /* the faulting task's TSS selector: the back link */
    uint32_t esp0;        /* of the faulting TSS */
    uint16_t ss0;
    bool ss0_bad;         /* it is no stack segment that an entry from ring 3 could load */
    bool registers_known; /* false: the faulting TSS could not be read, and nothing above but kind and tr holds */
    bool eip_unknown;     /* eip does not hold: it is not known what ran */
    struct outer_task outer[OUTER_TASKS]; /* that tr was entered from, and so on outward */
    uint32_t outer_count;
    uint32_t cr0, cr2, cr4;
    uint32_t cr3;         /* of the handler */
    uint32_t victim_cr3;
    bool victim_cr3_known;
    enum space space : 8;
    enum gate_fault gates[VECTOR_COUNT]; /* of the host's IDT; not looked at on demand */
    char reason[CRASH_REASON];           /* CRASH_ON_DEMAND: one line, ended by a 0; empty: none */
    const struct ksg_stack *trampled;    /* CRASH_TRAMPLED: the stack */
    uint32_t untouched;                  /* CRASH_TRAMPLED: so many of its lowest bytes are as painted */
};

/* Does the kernel live on? */
static inline bool crash_on_demand(const struct crash *crash)
{
    return crash->kind == CRASH_ON_DEMAND || crash->kind == CRASH_TRAMPLED;
}

/* May the stack that is read be another process's? */
static inline bool crash_space_doubtful(const struct crash *crash)
{
    return crash->space == SPACE_UNKNOWN || crash->space == SPACE_UNREADABLE;
}

#define EFLAGS_VIRTUAL_8086 (1u << 17)

/* A saved CS of ring 3, SDM vol. 3, 5.5, or virtual-8086 mode, 20.1.2. */
static inline bool crash_in_user_mode(const struct crash *crash)
{
    return (crash->cs & 3) == 3 || (crash->eflags & EFLAGS_VIRTUAL_8086);
}

#endif
