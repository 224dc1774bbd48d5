/* Where in the guest's memory things are that can be damaged. Linear addresses equal physical ones. */
#ifndef TESTS_INJECT_SITE_H
#define TESTS_INJECT_SITE_H

#include "../../kmod/host/elf.h"
#include "kernel/plan.h"
#include "machine.h"

#define DIRECTORY_SPAN 0x400000u /* bytes that a page directory entry maps */

struct range {
    uint32_t start, end;
};

struct site {
    struct elf elf;
    uint32_t plan;                   /* struct plan */
    uint32_t directory;              /* the page directory */
    uint32_t host_task;              /* the TSS that the victim is saved in */
    struct range idt, gdt;           /* live before the crash */
    struct range text, data;         /* the module's */
    struct range waits;              /* its code that waits for the UART */
    uint32_t injector;               /* where the code begins that does the damage */
    struct range table;              /* of symbols */
    struct range names;              /* the kernel's constants: names of stacks among them */
    struct range threads, boot_thread; /* with the registered stacks in them */
    struct range handler_stack;      /* of the double-fault task */
    struct range gate, entry, task;  /* what leads to the module: the IDT entry, the GDT entry, the TSS */
    struct range segments;           /* the GDT entries of the double-fault task's code and data */
};

/* What can be known without running it. Ends the program when the kernel is not as expected. */
void site_read(struct site *site, const char *kernel);
/* The rest, from a machine that stands before the crash. */
void site_find(struct site *site, const struct machine_vm *vm);

/* Has the CPU switched to the module's task? */
bool site_has_begun(const struct site *site, const uint8_t *memory, const uint8_t *before);

/* Was what leads to the module gone before the double fault: is there something else in the gate, its GDT entry, the TSS, its
   segments or the module's text than there was before, or is a page of theirs or of its data not mapped? False if the module
   has begun. */
bool site_is_lost(const struct site *site, const uint8_t *memory, const uint8_t *before);

static inline bool range_holds(const struct range *range, uint32_t address)
{
    return address - range->start < range->end - range->start;
}

uint32_t memory_word32(const uint8_t *memory, uint32_t physical);
struct plan *site_plan(const struct site *site, uint8_t *memory);

#endif
