/*
 * The machine that generated programs run on: the reference kernel, random numbers, and interrupts that call on.
 *
 * An image holds several programs. Which of them runs says the word at PROGRAM_CHOICE, which the virtual machine's
 * loader device has put there. The program overflows its stack; after the report the machine writes its own core file
 * to the debug console: the registers of the faulting task, and its stack.
 */
#ifndef ACCURACY_PROGRAM_H
#define ACCURACY_PROGRAM_H

#include "kernel.h"

#define PROGRAM_CHOICE 0xf00000u /* above the kernel, below boot/paging.c's free memory */

/* --- what a function may look like from outside --- */

struct block {
    uint32_t words[10];
};

typedef uint32_t KSG_CALL plain_function(uint32_t);
typedef uint32_t three_function(uint32_t, uint32_t, uint32_t);
typedef __attribute__((regparm(3))) uint32_t register_function(uint32_t, uint32_t, uint32_t);
typedef __attribute__((stdcall)) uint32_t stdcall_function(uint32_t, uint32_t);
typedef __attribute__((fastcall)) uint32_t fastcall_function(uint32_t, uint32_t, uint32_t);
typedef struct block block_function(uint32_t);
typedef uint64_t value_function(struct block, uint64_t);
typedef void silent_function(void);
typedef uint32_t variadic_function(uint32_t, ...);
typedef uint32_t KSG_CALL assembly_function(plain_function *, uint32_t);
typedef __attribute__((stdcall, regparm(0))) uint32_t assembly_stdcall_function(plain_function *, uint32_t);

/* --- a program --- */

/* An interrupt stub of the program's own. */
struct gate {
    unsigned vector;
    silent_function *stub;
};

struct program {
    uint32_t seed;
    unsigned stack_pages;
    unsigned timer;              /* at most so many ticks between two interrupts; 0: there are none */
    silent_function *start;      /* never returns */
    plain_function *interrupted; /* what interrupt handlers call on */
    const struct gate *gates;
    unsigned gate_count;
};
extern const struct program programs[];
extern const unsigned program_count;

/* --- what programs call --- */

/* The next random number. */
uint32_t draw(void);

/* The next page that is not there, with some luck: touching it is a page fault. */
extern volatile uint8_t *fresh_page;
#define FRESH_START 0x40000000u
#define FRESH_END 0x40400000u
static inline void touch(void)
{
    if (fresh_page == (uint8_t *)FRESH_END)
        fresh_page = (uint8_t *)FRESH_START;
    (void)*fresh_page;
    fresh_page += PAGE_SIZE;
}

/* What the program's own stubs call, with interrupts off. */
void KSG_CALL interrupt_vector(uint32_t vector);

#endif
