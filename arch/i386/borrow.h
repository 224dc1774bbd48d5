/* The host's IDT, borrowed for a few reads that may fault: peek's page faults are not the host's business. */
#ifndef I386_BORROW_H
#define I386_BORROW_H

#include "crash.h"
#include "descriptor.h"

/* Up to the machine check, the last exception that comes by itself. */
#define BORROWED_ENTRIES 19

struct borrow {
    uint32_t eflags;
    struct table_register gdt, idt; /* the host's, as it was loaded */
    struct descriptor gates[BORROWED_ENTRIES];
};

/* Turns interrupts off and loads an IDT in borrow. No exception is lost to the host: what comes by itself is kept for it until
   borrow_end, and a fault that is not peek's comes again on its own IDT. */
void borrow_begin(struct borrow *borrow);

/* Undoes that. */
void borrow_end(const struct borrow *borrow);

#endif
