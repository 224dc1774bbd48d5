/* A report of a kernel that lives on: what the CPU ran on before, and what was asked for. */
#ifndef I386_LIVE_H
#define I386_LIVE_H

#include "crash.h"
#include "descriptor.h"
#include "ksg.h"

/* live.asm knows the layout. */
struct host {
    uint32_t esp; /* on which the report returns */
    uint32_t cr0, cr2;
    uint32_t cs, ss, ds, es, fs, gs, ldt;
    uint32_t tr; /* 0: these selectors name nothing any more, and the flat segments of the private GDT stay in force */
    struct table_register gdt, idt;
};
_Static_assert(offsetof(struct host, tr) == 40 && offsetof(struct host, gdt) == 44 && offsetof(struct host, idt) == 50,
               "as live.asm has them");
_Static_assert(sizeof(struct ksg_registers) == 17 * 4 && offsetof(struct ksg_registers, cr2) == 16 * 4,
               "as live.asm pushes them");

struct demand {
    enum crash_kind kind;
    const struct ksg_registers *registers; /* this and reason are the host's, and may lead anywhere */
    const char *reason;                    /* 0: none */
    const struct ksg_stack *trampled;      /* CRASH_TRAMPLED: see struct crash */
    uint32_t untouched;
};

struct cpu;

/* The report of a trampled stack, by the code whose registers caller leads to; ksg_report's status. */
int live_tell(const void *caller, const struct ksg_stack *trampled, uint32_t untouched);

/* Ends the report: the host goes on. */
_Noreturn void live_end(struct cpu *cpu);

#endif
