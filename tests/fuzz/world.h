/* A crashed machine made of any bytes: stacks, code, what is known of both, and registers. */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "../unit/victim.h"
#include "fuzz.h"
#include "registry.h"

#define STACKS 3
#define WORDS_MOST 1024
#define MODULES 4

struct world {
    struct pieces pieces;
    struct memory memory;
    struct code code;
    struct walk_start start;
    struct ksg_stack stacks[STACKS];
    unsigned stack_count;
    struct ksg_range ranges[MODULES];
    struct ksg_module modules[MODULES];
    uint32_t code_start, code_size;
};

extern struct world world;

/* The world of an input: its first word says which of many random ones, and each edit behind it changes a word there. */
void world_make(struct input *input);

/* The random one of that number. */
void world_make_random(uint32_t number);
void world_end(void);

/* Random words, which follow on the world's number. */
uint32_t random_below(uint32_t limit);
bool one_in(uint32_t count);
uint32_t any_word(void);
uint32_t stack_address(void);

/* What the input's next four bytes stand for: an address of a stack or of code, or some other word. place: of the word
   that it is for. */
uint32_t input_word(struct input *input, uint32_t place);

#endif
