/* The hook on the CPU that runs this: its parts, for those who have borrowed the IDT. */
#ifndef I386_INSTALL_H
#define I386_INSTALL_H

#include "borrow.h"
#include "cpu.h"

/* One call of ksg_install or ksg_install_cpu. */
struct installation {
    struct cpu *cpu;
    const struct ksg_config *config;
    struct borrow borrow;
};

/* gdt.c. Looks for entries, as config wants it: nothing of the host's is changed. */
int gdt_look(struct installation *installation);
void gdt_write(struct cpu *cpu);
void gdt_remove(const struct cpu *cpu, const struct borrow *borrow);

/* old_gdt.c. Keeps what the first size bytes of the host's GDT are, which were copied; and tells whether the host has
   written there since. */
void old_gdt_keep(struct cpu *cpu, uint32_t size);
bool old_gdt_written(const struct cpu *cpu);

/* Is the hook whole? The status for ksg_verify. */
int hook_verify(struct cpu *cpu, const struct borrow *borrow);

/* Puts back what nobody else has replaced since. */
void hook_remove(struct cpu *cpu, const struct borrow *borrow);

/* Another installed CPU that uses the IDT at base, or 0. */
struct cpu *idt_shared(const struct cpu *cpu, uint32_t base);

#endif
