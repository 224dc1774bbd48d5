/* The host's IDT, borrowed for a few reads that may fault: peek's page faults are not the host's business. */
#include "borrow.h"

#include "exception.h"
#include "processor.h"
#include "table.h"

#define VECTOR_MACHINE_CHECK 18

void borrow_begin(struct borrow *borrow)
{
    static const uint8_t hosts_own[] = {VECTOR_NMI, VECTOR_DF, VECTOR_MACHINE_CHECK};
    struct table_register idt = {sizeof borrow->gates - 1, (uint32_t)borrow->gates};

    borrow->eflags = interrupts_off();
    borrow->gdt = read_gdtr();
    borrow->idt = read_idtr();
    for (unsigned vector = 0; vector < BORROWED_ENTRIES; vector++)
        borrow->gates[vector] = (struct descriptor){0, 0};
    borrow->gates[VECTOR_NMI] = exception_gate(VECTOR_NMI, read_cs());
    borrow->gates[VECTOR_PF] = exception_gate(VECTOR_PF, read_cs());
    write_idtr(idt);
    for (unsigned i = 0; i < sizeof hosts_own; i++)
        table_read(&borrow->idt, hosts_own[i], &borrow->gates[hosts_own[i]]);
}

void borrow_end(const struct borrow *borrow)
{
    write_idtr(borrow->idt);
    interrupts_restore(borrow->eflags);
}
