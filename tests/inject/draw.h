/* Draws trials: what is damaged, when and how. */
#ifndef TESTS_INJECT_DRAW_H
#define TESTS_INJECT_DRAW_H

#include "site.h"

/* What the damage is meant for. The last ones are what the module says that it cannot do without. */
enum target {
    TARGET_STACK,       /* the dead stack, anywhere */
    TARGET_CHAIN,       /* a saved EBP, or a return address */
    TARGET_POINTERS,    /* ESP, EBP, EIP as the CPU saved them */
    TARGET_REGISTERS,   /* anything else of that TSS */
    TARGET_SYMBOLS,
    TARGET_DATA,        /* the module's own */
    TARGET_REGISTERED,  /* the registered stacks */
    TARGET_PAGES,       /* page table entries of the stack, the kernel's code, the symbols */
    TARGET_UART,
    TARGET_TABLES,      /* the kernel's GDT and IDT */
    TARGET_FEET_DATA,   /* the module's own data while it works on them */
    TARGET_FEET_STACK,  /* its stack */
    TARGET_FEET_OTHER,  /* all the others while it reads them */
    TARGET_SEVERAL,
    TARGETS_HELD,       /* so many that must not hurt */
    TARGET_GATE = TARGETS_HELD, /* the IDT entry, the GDT entries, the TSS */
    TARGET_TEXT,        /* the module's code */
    TARGET_OWN_PAGES,   /* its page table entries */
    TARGET_LOST,        /* one of these, by code that went astray before the double fault; never drawn */
    TARGETS
};

extern const char *const target_names[TARGETS];

/* How the crash goes without damage. */
struct course {
    uint8_t *memory;          /* as it was left */
    char *log;
    size_t log_size;
    uint32_t instructions;    /* of the module */
    uint32_t limit, base;     /* of the victim's stack */
    uint32_t esp, ebp, eip;
    uint32_t cr2;
    uint32_t records[256];    /* where the frames of the report are */
    uint32_t record_count;
};

struct trial {
    uint32_t number;
    enum target target;
    struct plan plan;
};

void draw(struct trial *trial, uint32_t seed, uint32_t number, const struct site *site, const struct course courses[CRASHES]);

/* A line for each damage. */
void draw_print(const struct trial *trial);

#endif
