/* The sum of a line, three characters for each line of the report, which tells a damaged one from the others. */
#ifndef KMOD_SUM_H
#define KMOD_SUM_H

#include "print.h"

/*
 * The remainder, by SUM_PRIME, of the line's bytes without its end, taken as the digits of one number to the base 256 that
 * begins with a 1. A line in which one byte was changed, or two neighbours, has another one; of other damage, one line in
 * 262139 has not. It is printed as SUM_DIGITS digits to the base 64.
 */
#define SUM_PRIME 262139u /* the largest below 64 * 64 * 64 */
extern const char sum_digits[65];

void sum_of(const char *bytes, uint32_t count, char sum[SUM_DIGITS]);

/*
 * "sums  23 " and the sums of SUMS_A_LINE lines, or fewer at last, of which the first is line 23; then a blank and the sum
 * of all before it in this line itself.
 */
#define SUMS_A_LINE 22

/* Prints the sums of all lines before. */
void print_sums(struct print *print);

/* A blank and the sum of this line so far. */
void print_own_sum(struct print *print);

#endif
