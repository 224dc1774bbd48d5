/* The crash that the project grew from, as data: see README.md beside it. */
#ifndef TESTS_SEED_STACKHOG_H
#define TESTS_SEED_STACKHOG_H

#include "../pieces.h"
#include "crash.h"
#include "machine.h"

#define STACKHOG_LIMIT 0xb8ae6000u
#define STACKHOG_BASE 0xb8ae9000u
#define STACKHOG_WORDS ((STACKHOG_BASE - STACKHOG_LIMIT) / 4)

struct stackhog {
    struct machine machine;
    struct crash crash; /* as the article's author started by hand */
    struct pieces pieces;
    uint32_t *stack;            /* its words, from the limit up */
    bool known[STACKHOG_WORDS]; /* the words that the data give; the others are 0 */
};

/* Reads folder/stackhog.*, and registers the stack and the modules. Ends the program when something is wrong. */
void stackhog_load(struct stackhog *stackhog, const char *folder);

/* Nothing of what the author found by hand: a useless EBP, ESP at the limit, EIP not known. */
void stackhog_forget_start(struct stackhog *stackhog);

#endif
