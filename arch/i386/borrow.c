/* The host's IDT, borrowed for a few reads that may fault: peek's page faults are not the host's business. */
#include "borrow.h"

#include "exception.h"
#include "processor.h"
#include "table.h"

/* borrow.asm */
extern const uint8_t borrow_page_fault[], borrow_fault[], borrow_fault_with_code[];
extern struct table_register borrow_host_idt;

/* The exceptions that push an error code, SDM vol. 3, table 6-1. */
#define WITH_ERROR_CODE \
    (1u << VECTOR_DF | 1u << VECTOR_TS | 1u << VECTOR_NP | 1u << VECTOR_SS | 1u << VECTOR_GP | 1u << VECTOR_AC)

static struct descriptor gate(const uint8_t *handler)
{
    return interrupt_gate(read_cs(), (uint32_t)handler);
}

/* The double fault's gate is the host's own: a task gate has a stack, where there is none left. */
void borrow_begin(struct borrow *borrow)
{
    struct table_register idt = {sizeof borrow->gates - 1, (uint32_t)borrow->gates};
    struct descriptor fault = gate(borrow_fault), fault_with_code = gate(borrow_fault_with_code);

    borrow->eflags = interrupts_off();
    borrow->gdt = read_gdtr();
    borrow->idt = borrow_host_idt = read_idtr();
    for (unsigned vector = 0; vector < BORROWED_ENTRIES; vector++)
        borrow->gates[vector] = WITH_ERROR_CODE >> vector & 1 ? fault_with_code : fault;
    borrow->gates[VECTOR_DB] = gate(exception_debug);
    borrow->gates[VECTOR_NMI] = gate(exception_nmi);
    borrow->gates[VECTOR_PF] = gate(borrow_page_fault);
    borrow->gates[VECTOR_MC] = gate(exception_machine_check);
    exception_kept = 0;
    write_idtr(idt);
    table_read(&borrow->idt, VECTOR_DF, &borrow->gates[VECTOR_DF]);
}

void borrow_end(const struct borrow *borrow)
{
    write_idtr(borrow->idt);
    exception_hand_over();
    interrupts_restore(borrow->eflags);
}
