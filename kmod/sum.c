/* The sum of a line. */
#include "sum.h"

const char sum_digits[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint32_t pair_at(const char *bytes)
{
    const uint8_t *byte = (const uint8_t *)bytes;

    return byte[0] | (uint32_t)byte[1] << 8;
}

void sum_of(const char *bytes, uint32_t count, char sum[SUM_DIGITS])
{
    uint32_t plain = 1; /* the sum of the pairs before, */
    uint32_t weighted = 0; /* and of all such sums */
    uint32_t remainder;

    for (; count >= 4; count -= 4, bytes += 4) {
        weighted += plain += pair_at(bytes);
        weighted += plain += pair_at(bytes + 2);
    }
    if (count >= 2) {
        weighted += plain += pair_at(bytes);
        bytes += 2;
    }
    if (count % 2)
        weighted += plain + (uint8_t)*bytes;
    remainder = weighted % SUM_PRIME;
    for (uint32_t i = SUM_DIGITS; i-- > 0; remainder /= 64)
        sum[i] = sum_digits[remainder % 64];
}

void print_own_sum(struct print *print)
{
    char sum[SUM_DIGITS];

    sum_of(print->line, print->column, sum);
    print_string(print, " ");
    print_text(print, (struct text){sum, SUM_DIGITS}, SUM_DIGITS);
}

void print_sums(struct print *print)
{
    uint32_t all = print_tally(print).lines;
    uint32_t lines = all < PRINT_SUMS ? all : PRINT_SUMS;

    for (uint32_t first = 0; first < lines; first += SUMS_A_LINE) {
        uint32_t end = lines - first < SUMS_A_LINE ? lines : first + SUMS_A_LINE;

        print_string(print, "sums ");
        print_decimal_right(print, first + 1, 3);
        print_string(print, " ");
        for (uint32_t i = first; i < end; i++)
            print_text(print, (struct text){print->sums[i], SUM_DIGITS}, SUM_DIGITS);
        print_own_sum(print);
        print_line_end(print);
    }
}
