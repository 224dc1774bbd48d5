/* The sum of a line, three characters for each line of the report, which tells a damaged one from the others. */
#ifndef KMOD_SUM_H
#define KMOD_SUM_H

#include "print.h"

/*
 * The line's bytes without its end are taken in pairs, each a number of 16 bits whose lower half is the first byte; at last
 * one byte alone may be left. The pairs are added to 1, one after the other, and the sums after each of them added up,
 * modulo 2^32. The remainder of that by SUM_PRIME is printed as SUM_DIGITS digits to the base 64. A line in which one
 * byte was changed has another sum; of other damage, one line in 262139 has not.
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
