/* What struct ksg_cpu holds: one CPU's tasks, tables and stacks, and what the host had in their place. */
#ifndef I386_CPU_H
#define I386_CPU_H

#include "crash.h"
#include "descriptor.h"
#include "ksg.h"
#include "live.h"
#include "machine.h"
#include "settings.h"
#include "uart.h"

/*
 * The stages of a crash. Each has a task and goes on when the one before it has faulted where no guard was: by its task
 * gate after a double fault, else by a jump.
 */
enum stage {
    STAGE_REPORT, /* the double-fault task, and the whole report */
    STAGE_RESUME, /* what is left of the report */
    STAGE_LAST,   /* one raw line */
    STAGE_HALT,   /* not a word any more */
    STAGE_COUNT
};

#define IDT_ENTRIES 256

/*
 * The private GDT: the host's may be garbage, and each gate takes its CS from the GDT. What a double fault needs stands far
 * from what other faults need, so that one run of up to 128 stray bytes does not hit both: between them, within the GDT's
 * limit, is the IDT, and in front of that are unused entries, for the double fault's gate is in it.
 */
enum private_entry {
    PRIVATE_NULL,
    PRIVATE_CODE, /* exception.asm and entry.asm know its selector: 8 */
    PRIVATE_DATA,
    PRIVATE_TASK, /* of the first stage */
    PRIVATE_IDT = 10,
    PRIVATE_LATER = PRIVATE_IDT + IDT_ENTRIES, /* for the later stages: */
    PRIVATE_LATER_CODE = PRIVATE_LATER,
    PRIVATE_LATER_DATA,
    PRIVATE_LATER_TASKS,
    PRIVATE_ENTRIES = PRIVATE_LATER_TASKS + STAGE_COUNT - 1
};

#define PRIVATE_GDT_SIZE (PRIVATE_ENTRIES * sizeof(struct descriptor))

/* The copied GDT: the host's entries, and behind them the module's. */
enum added_entry { ADDED_CODE, ADDED_DATA, ADDED_TASK, ADDED_HOST_TASK, ADDED_ENTRIES };

#define GDT_COPY_ENTRIES 128
#define GDT_COPY_ROOM (GDT_COPY_ENTRIES - ADDED_ENTRIES)

#define REPORT_STACK 4096
#define RESUME_STACK 2880
#define LAST_STACK 480 /* finish has 256 of it: ksg.h */
#define HALT_STACK 96

#define LIVE 0x4556494cu

/* What only the first instructions of the double-fault task can find. Kept thrice, far from one another: what two of them
   say counts. */
struct found {
    struct table_register gdt, idt; /* the host's */
    uint32_t cr2, esp;
};

struct cpu {
    /* Lowest, and each above the one that is needed after it: one that runs over hits nothing that is in use. */
    uint32_t halt_stack[HALT_STACK / 4];
    uint32_t last_stack[LAST_STACK / 4];
    uint32_t resume_stack[RESUME_STACK / 4];
    uint32_t report_stack[REPORT_STACK / 4];

    struct tss tasks[STAGE_COUNT];
    struct tss host_task; /* in TR where the host had none */

    struct found found_first;

    /* Made anew at each crash: what nobody reads for months may be overwritten. */
    struct descriptor gdt[PRIVATE_IDT];
    struct descriptor idt[IDT_ENTRIES];
    struct descriptor later[PRIVATE_ENTRIES - PRIVATE_LATER];

    struct found found_second;
    struct descriptor gdt_copy[GDT_COPY_ENTRIES];
    struct found found_third;

    struct cpu *next; /* in the list of cpu.c */
    uint32_t number;
    bool installed;

    /* What was found at installation, and what is put back. */
    struct table_register host_gdt, host_idt;
    struct descriptor host_gate;
    struct descriptor host_entries[2]; /* at task_selector; not when the GDT is copied */
    uint16_t host_tr;
    uint32_t host_tss; /* base of the TSS in TR */
    uint32_t old_entries, old_sum; /* of host_gdt, when it is copied: what of it the host may write to, and as it was */

    /* What was put in its place. */
    bool copied;           /* the GDT */
    bool host_task_needed; /* TR was 0 */
    uint16_t code_selector, data_selector, task_selector, host_task_selector;
    uint32_t page_directory;
    uint16_t left_in_tr; /* after uninstallation: the selector of host_task, which TR still holds */

    /* The crash. */
    enum stage stage; /* see cpu_stage */
    bool report_begun;
    struct guard *guard; /* the innermost; 0: none */
    struct fault fault;  /* that ended the stage before */
    struct uart uart;
    bool hooked;      /* the write or put hook takes the report; else the UART */
    uint32_t lines;   /* written so far */
    const char *text; /* what of the current line is not out yet: */
    uint32_t left;    /* so many characters */
    struct machine machine;
    struct crash crash;
    uint32_t crash_sum;

    /* A report of a kernel that lives on. */
    uint32_t live; /* LIVE: it is one */
    struct demand demand;
    struct host host;
};

_Static_assert(offsetof(struct cpu, idt) - offsetof(struct cpu, gdt) == PRIVATE_IDT * sizeof(struct descriptor) &&
                   offsetof(struct cpu, later) - offsetof(struct cpu, gdt) == PRIVATE_LATER * sizeof(struct descriptor),
               "one table behind the other");
_Static_assert(sizeof(struct cpu) + _Alignof(struct cpu) - sizeof(uint32_t) <= KSG_CPU_SIZE,
               "struct ksg_cpu, wherever it lies, has room for an aligned struct cpu");

/* The aligned structure within the host's. */
struct cpu *cpu_inside(struct ksg_cpu *outer);

/* The number of the CPU that runs this. */
uint32_t cpu_number(void);

/* The list of the CPUs that are installed, and of those that were and have left host_task in TR. */
struct cpu *cpu_first(void);
struct cpu *cpu_installed(void); /* the first that is installed now */
struct cpu *cpu_find(uint32_t number);
void cpu_keep(struct cpu *cpu);
void cpu_forget(struct cpu *cpu);

/* A stage's stack: its lowest word, and its size in bytes. */
static inline uint32_t *cpu_stack(struct cpu *cpu, enum stage stage, uint32_t *size)
{
    if (stage == STAGE_REPORT) {
        *size = sizeof cpu->report_stack;
        return cpu->report_stack;
    }
    if (stage == STAGE_RESUME) {
        *size = sizeof cpu->resume_stack;
        return cpu->resume_stack;
    }
    if (stage == STAGE_LAST) {
        *size = sizeof cpu->last_stack;
        return cpu->last_stack;
    }
    *size = sizeof cpu->halt_stack;
    return cpu->halt_stack;
}

static inline uint32_t cpu_stack_top(struct cpu *cpu, enum stage stage)
{
    uint32_t size;
    uint32_t *limit = cpu_stack(cpu, stage, &size);

    return (uint32_t)limit + size;
}

/* The stage that runs: the one whose stack is in use. A register tells, which no stray pointer overwrites; but it may lead
   astray itself, and then memory has to tell. */
static inline enum stage cpu_stage(struct cpu *cpu)
{
    uint32_t here = (uint32_t)__builtin_frame_address(0);

    for (enum stage stage = STAGE_REPORT; stage < STAGE_COUNT; stage++) {
        uint32_t size;
        uint32_t limit = (uint32_t)cpu_stack(cpu, stage, &size);

        if (here - limit < size)
            return stage;
    }
    return cpu->stage < STAGE_COUNT ? cpu->stage : STAGE_REPORT;
}

static inline uint32_t private_selector(unsigned entry)
{
    return entry * (uint32_t)sizeof(struct descriptor);
}

#endif
