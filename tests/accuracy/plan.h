/* A program that is being written: what it consists of, and where its text goes. */
#ifndef ACCURACY_PLAN_H
#define ACCURACY_PLAN_H

#include <stdio.h>

#include "random.h"

/* How a C function is called: see kernel/program.h. */
enum signature { PLAIN, THREE, REGISTER, STDCALL, FASTCALL, BLOCK, VALUE, SILENT, VARIADIC, SIGNATURES };

#define GATES_MOST 6

struct plan {
    unsigned number; /* all names of the program begin with p, this number and _ */
    struct random random;
    FILE *c, *assembly;

    unsigned functions[SIGNATURES]; /* in C; of PLAIN there is at least one */
    unsigned endless;               /* in C, and they never return */
    unsigned leaves;                /* in assembly, PLAIN, calling nothing */
    unsigned thunks;                /* in assembly, PLAIN, jumping on to a C function */
    unsigned routines;              /* in assembly, calling back what they are given */
    unsigned stdcall_routines;      /* the same, and they take their arguments off the stack */

    unsigned gate_count; /* interrupt vectors with a stub of the program's own */
    unsigned gates[GATES_MOST];
};

/* The software interrupts that programs use. */
enum { SOFTWARE_FIRST = 48, SOFTWARE_COUNT = 4, TIMER = 32, PAGE_FAULT = 14 };

/* functions.c: the C half. */
void functions_write(struct plan *plan);

/* routines.c: assembly that C calls. */
void routines_write(struct plan *plan);

/* stubs.c: assembly that interrupts enter. */
void stubs_write(struct plan *plan);

#endif
