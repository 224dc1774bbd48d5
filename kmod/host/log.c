/* A serial log as lines, and the lines of a report that are told by their form. */
#include "log.h"

#include <stdlib.h>
#include <string.h>

#include "allocate.h"

#define HEADLINE "======== kstackguard "
#define END_LINE "======== end of report: "
#define SUMS_LINE "sums "

static const char *find_end(const char *bytes, const char *end)
{
    while (bytes < end && *bytes != '\n' && *bytes != '\r')
        bytes++;
    return bytes;
}

void log_read(struct log *log, const char *bytes, size_t size)
{
    const char *end = bytes + size;
    size_t number = 1;

    log->lines = 0;
    log->count = 0;
    while (bytes < end) {
        const char *line_end = find_end(bytes, end);
        bool has_return = line_end < end && *line_end == '\r';
        const char *line_feed = line_end + has_return;
        bool has_feed = line_feed < end && *line_feed == '\n';
        enum line_end kind = has_feed ? has_return ? END_CR_LF : END_LF : has_return ? END_CR : END_OF_LOG;

        log->lines = allocate_one_more(log->lines, log->count, sizeof *log->lines);
        log->lines[log->count++] = (struct line){bytes, (uint32_t)(line_end - bytes), number, kind};
        number += has_feed;
        bytes = line_feed + has_feed;
    }
}

void log_free(struct log *log)
{
    free(log->lines);
}

static bool begins(const struct line *line, uint32_t at, const char *text)
{
    size_t length = strlen(text);

    return line->length - at >= length && memcmp(line->text + at, text, length) == 0;
}

uint32_t log_headline(const struct line *line)
{
    uint32_t at = 0;

    while (at < line->length && !begins(line, at, HEADLINE))
        at++;
    return at;
}

bool log_like_end_line(const struct line *line)
{
    return begins(line, 0, END_LINE);
}

/* What is left of a line to be read. */
struct rest {
    const char *text;
    uint32_t length;
};

static int digit_of(char character, unsigned radix)
{
    const char *digits = radix == 64 ? sum_digits : "0123456789abcdef";
    const char *digit = character ? strchr(digits, character) : 0;

    return digit && digit - digits < (int)radix ? (int)(digit - digits) : -1;
}

/* A number of at least one digit, and at most as many as fit. */
static bool take_number(struct rest *rest, unsigned radix, uint32_t *number)
{
    uint32_t digits = 0;

    for (*number = 0; rest->length > 0 && digits < 8; digits++) {
        int digit = digit_of(*rest->text, radix);

        if (digit < 0)
            break;
        *number = *number * radix + (uint32_t)digit;
        rest->text++;
        rest->length--;
    }
    return digits > 0;
}

static bool take_text(struct rest *rest, const char *text)
{
    size_t length = strlen(text);

    if (rest->length < length || memcmp(rest->text, text, length) != 0)
        return false;
    rest->text += length;
    rest->length -= (uint32_t)length;
    return true;
}

static bool take_sum(struct rest *rest, uint32_t *sum)
{
    *sum = 0;
    for (unsigned i = 0; i < SUM_DIGITS; i++) {
        int digit = i < rest->length ? digit_of(rest->text[i], 64) : -1;

        if (digit < 0)
            return false;
        *sum = *sum * 64 + (uint32_t)digit;
    }
    rest->text += SUM_DIGITS;
    rest->length -= SUM_DIGITS;
    return true;
}

uint32_t log_sum(const char *text, uint32_t length)
{
    char digits[SUM_DIGITS];
    struct rest rest = {digits, SUM_DIGITS};
    uint32_t sum;

    sum_of(text, length, digits);
    take_sum(&rest, &sum);
    return sum;
}

#define OWN_SUM (1 + SUM_DIGITS) /* at a line's end: a blank, the sum */

/* Does the line end in a blank and the sum of what is before them? */
static bool has_own_sum(const struct line *line)
{
    uint32_t length = line->length - OWN_SUM;
    struct rest rest = {line->text + length, OWN_SUM};
    uint32_t sum;

    return line->length > OWN_SUM && take_text(&rest, " ") && take_sum(&rest, &sum) && log_sum(line->text, length) == sum;
}

bool log_end_line(const struct line *line, struct end_line *end)
{
    struct rest rest = {line->text, line->length};

    return take_text(&rest, END_LINE) && take_number(&rest, 10, &end->lines) && take_text(&rest, " lines, crc ") &&
           take_number(&rest, 16, &end->crc) && take_text(&rest, ";") && has_own_sum(line);
}

bool log_sums_line(const struct line *line, struct sums_line *sums)
{
    struct rest rest = {line->text, line->length - OWN_SUM};

    sums->count = 0;
    if (!has_own_sum(line) || !take_text(&rest, SUMS_LINE))
        return false;
    while (take_text(&rest, " "))
        continue;
    if (!take_number(&rest, 10, &sums->first) || !take_text(&rest, " "))
        return false;
    while (sums->count < SUMS_A_LINE && take_sum(&rest, &sums->sums[sums->count]))
        sums->count++;
    return rest.length == 0 && sums->first % SUMS_A_LINE == 1;
}
