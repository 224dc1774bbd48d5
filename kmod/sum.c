/* The sum of a line. */
#include "sum.h"

const char sum_digits[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

uint32_t sum_bytes(const char *bytes, uint32_t count)
{
    uint32_t sum = SUM_START;

    for (uint32_t i = 0; i < count; i++)
        sum = sum_byte(sum, (uint8_t)bytes[i]);
    return sum;
}

static void print_sum(struct print *print, uint32_t sum)
{
    char digits[] = {sum_digits[sum / 64 % 64], sum_digits[sum % 64], 0};

    print_string(print, digits);
}

void print_own_sum(struct print *print)
{
    uint32_t sum = sum_bytes(print->line, print->column);

    print_string(print, " ");
    print_sum(print, sum);
}

void print_sums(struct print *print)
{
    uint32_t lines = print->lines < PRINT_SUMS ? print->lines : PRINT_SUMS;

    for (uint32_t first = 0; first < lines; first += SUMS_A_LINE) {
        print_string(print, "sums ");
        print_decimal_right(print, first + 1, 3);
        print_string(print, " ");
        for (uint32_t i = first; i < lines && i < first + SUMS_A_LINE; i++)
            print_sum(print, print->sums[i]);
        print_own_sum(print);
        print_line_end(print);
    }
}
