/* A target of the fuzzer: it takes any bytes, and holds laws about what kmod/ makes of them. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer inputs are cut. */
#define FUZZ_LONGEST 4096

/* What libFuzzer calls, and fuzz.c where there is none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The program ends when the law is broken, as it does when a sanitizer finds something. */
static inline void hold(bool condition, const char *law)
{
    if (condition)
        return;
    fflush(stdout);
    fprintf(stderr, "a law is broken: %s\n", law);
    abort();
}

/* The input, taken from its start on; behind its end there are zeros. */
struct input {
    const uint8_t *next;
    size_t left;
};

static inline uint32_t take_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->next++;
}

static inline uint32_t take_half(struct input *input)
{
    uint32_t low = take_byte(input);

    return low | take_byte(input) << 8;
}

static inline uint32_t take_word(struct input *input)
{
    uint32_t low = take_half(input);

    return low | take_half(input) << 16;
}

#endif
