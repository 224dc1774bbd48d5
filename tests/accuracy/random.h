/* Random numbers that are the same everywhere: they follow from a text. */
#ifndef ACCURACY_RANDOM_H
#define ACCURACY_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint32_t state;
};

/* Each text and number begin a sequence of their own. */
struct random random_begin(const char *text, unsigned number);

/* Any word. */
uint32_t random_word(struct random *random);

/* 0 to limit - 1. */
unsigned random_below(struct random *random, unsigned limit);

/* from to to, both included. */
unsigned random_between(struct random *random, unsigned from, unsigned to);

/* True in so many of 100 cases. */
bool random_chance(struct random *random, unsigned percent);

#endif
