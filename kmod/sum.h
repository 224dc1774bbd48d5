/* The sum of a line, two characters for each line of the report, which tells a damaged one from the others. */
#ifndef KMOD_SUM_H
#define KMOD_SUM_H

#include "print.h"

/*
 * The remainder, by SUM_PRIME, of the line's bytes without its end, taken as the digits of one number to the base 256 that
 * begins with a 1. A line in which one byte was changed, or two neighbours, has another one; of other damage, one line in
 * 4093 has not.
 */
#define SUM_PRIME 4093u /* the largest below 64 * 64 */
#define SUM_START 1u

static inline uint32_t sum_byte(uint32_t sum, uint8_t byte)
{
    return (sum * 256 + byte) % SUM_PRIME;
}

uint32_t sum_bytes(const char *bytes, uint32_t count);

/* It is printed as two digits to the base 64. */
extern const char sum_digits[65];

/*
 * "sums  33 " and the sums of up to SUMS_A_LINE lines, of which the first is line 33; a blank and the sum of all before it
 * in this line itself.
 */
#define SUMS_A_LINE 32

/* Prints the sums of all lines before. */
void print_sums(struct print *print);

/* A blank and the sum of this line so far. */
void print_own_sum(struct print *print);

#endif
