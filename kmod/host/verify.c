/*
 * Is a report whole? Its sums say what lines there have to be; the log says what there is. The two are aligned, so that most
 * lines fit: those between them are damaged or missing, or other output.
 */
#include "verify.h"

#include <inttypes.h>
#include <stdlib.h>

#include "allocate.h"
#include "crc.h"
#include "sum.h"

#define LINES_MOST 8192u /* of the log, that are looked at for one report */

/* A line that has to be there. */
enum kind { KIND_TEXT, KIND_UNKNOWN, KIND_SUMS, KIND_END };

struct expected {
    enum kind kind;
    uint32_t sum; /* KIND_TEXT; of KIND_SUMS, the number of the first line that has its sum there */
};

/* A line that is there. Behind a line that ends in CR alone it may begin one character later: with what the LF became. */
struct found {
    struct line line;
    size_t at; /* in the log */
    bool may_be_later;
    uint32_t sum, later_sum;
    uint32_t sums; /* the number of the first line that it has the sum of; 0: it is no line of sums */
    bool end;
};

struct work {
    struct expected *expected;
    struct found *found;
    uint32_t expected_count, found_count;
    struct end_line end;
    bool ended;      /* end holds */
    uint32_t summed; /* how many lines have a sum */
    enum line_end usual_end;
};

/* --- what is there --- */

static struct line line_from(const struct line *line, uint32_t from)
{
    return (struct line){line->text + from, line->length - from, line->number, line->end};
}

/* Has the line, from a character on, the form of a line of sums, or of the end line? */
static void recognize(struct work *work, struct found *found, uint32_t from)
{
    struct line line = line_from(&found->line, from);
    struct sums_line sums;
    struct end_line end;

    if (log_sums_line(&line, &sums) && sums.first <= PRINT_SUMS) {
        found->sums = sums.first;
    } else if (log_end_line(&line, &end) && end.lines <= LINES_MOST) {
        found->end = work->ended = true;
        work->end = end;
    } else {
        return;
    }
    found->line = line;
    found->may_be_later = false;
}

static void find_lines(struct work *work, const struct log *log, const struct report_check *check, uint32_t headline_at)
{
    size_t first = check->last - check->first >= LINES_MOST ? check->last - LINES_MOST + 1 : check->first;
    uint32_t with_return = 0; /* something may have converted the log to LF */

    work->found = allocate(0, check->last - first + 1, sizeof *work->found);
    work->found_count = 0;
    work->ended = false;
    for (size_t i = first; i <= check->last; i++) {
        struct found *found = &work->found[work->found_count++];
        struct line line = line_from(&log->lines[i], i == check->first ? headline_at : 0);
        bool may_be_later = i > 0 && log->lines[i - 1].end == END_CR && line.length > 0;

        *found = (struct found){line, i, may_be_later, log_sum(line.text, line.length), 0, 0, false};
        with_return += line.end == END_CR_LF;
        recognize(work, found, 0);
        if (!found->may_be_later)
            continue;
        found->later_sum = log_sum(line.text + 1, line.length - 1);
        recognize(work, found, 1);
    }
    work->usual_end = with_return > work->found_count / 2 ? END_CR_LF : END_LF;
}

/* --- what has to be there --- */

static void expect(struct work *work, enum kind kind, uint32_t sum)
{
    work->expected = allocate_one_more(work->expected, work->expected_count, sizeof *work->expected);
    work->expected[work->expected_count++] = (struct expected){kind, sum};
}

static void expect_unknown(struct work *work, uint32_t lines)
{
    for (; lines > 0; lines--)
        expect(work, KIND_UNKNOWN, 0);
}

/* The lines that one line of sums tells of, and those before that were to be told of by one that is lost. */
static void expect_summed(struct work *work, const struct sums_line *sums)
{
    if (sums->first <= work->expected_count)
        return;
    expect_unknown(work, sums->first - 1 - work->expected_count);
    for (uint32_t i = 0; i < sums->count; i++)
        expect(work, KIND_TEXT, sums->sums[i]);
}

static uint32_t sums_lines_for(uint32_t lines)
{
    return (lines + SUMS_A_LINE - 1) / SUMS_A_LINE;
}

/* How many lines there are beyond those that are expected, with so many lines of sums. */
static uint32_t beyond(const struct work *work, uint32_t sums_lines)
{
    uint32_t lines = work->expected_count + sums_lines;

    return work->ended && work->end.lines > lines ? work->end.lines - lines : 0;
}

/* Every line that the sums and the end line tell of. */
static void expect_lines(struct work *work)
{
    bool more_sums; /* the last line of sums is lost */

    work->expected = 0;
    work->expected_count = 0;
    for (uint32_t i = 0; i < work->found_count; i++) {
        struct sums_line sums;

        if (work->found[i].sums && log_sums_line(&work->found[i].line, &sums))
            expect_summed(work, &sums);
    }
    more_sums = work->expected_count % SUMS_A_LINE == 0;
    while (more_sums && work->expected_count < PRINT_SUMS && beyond(work, sums_lines_for(work->expected_count)) > 0)
        expect(work, KIND_UNKNOWN, 0);
    work->summed = work->expected_count;
    if (work->summed == PRINT_SUMS)
        expect_unknown(work, beyond(work, sums_lines_for(PRINT_SUMS)));
    for (uint32_t i = 0; i < sums_lines_for(work->summed); i++)
        expect(work, KIND_SUMS, i * SUMS_A_LINE + 1);
    expect_unknown(work, beyond(work, 0)); /* that this part was lost, say */
    expect(work, KIND_END, 0);
}

/* --- the two side by side --- */

static bool fits(const struct expected *expected, const struct found *found)
{
    switch (expected->kind) {
    case KIND_TEXT:
        return !found->end && !found->sums &&
               (found->sum == expected->sum || (found->may_be_later && found->later_sum == expected->sum));
    case KIND_SUMS:
        return found->sums == expected->sum;
    case KIND_END:
        return found->end;
    case KIND_UNKNOWN:
        break;
    }
    return false;
}

/* What it is worth to take a line for the one expected: much if it fits, and more if it ends like most lines, which tells
   blank lines apart. A line that does not fit may be the one, damaged. */
#define WORTH_FITTING 64
#define WORTH_END 2
#define WORTH_DAMAGED 1

static uint32_t worth(const struct work *work, uint32_t i, uint32_t j)
{
    const struct found *found = &work->found[j];

    if (fits(&work->expected[i], found))
        return WORTH_FITTING + (found->line.end == work->usual_end ? WORTH_END : 0);
    return found->end || found->sums ? 0 : WORTH_DAMAGED;
}

static void pair(struct report_line *line, const struct expected *expected, const struct found *found)
{
    bool later = expected->kind == KIND_TEXT && expected->sum != found->sum;

    line->at = found->at;
    line->line = found->line;
    if (fits(expected, found)) {
        line->state = LINE_WHOLE;
        line->line = line_from(&found->line, later);
    } else {
        line->state = expected->kind == KIND_UNKNOWN ? LINE_UNCHECKED : LINE_DAMAGED;
    }
}

/* Finds for each expected line the one that is there, so that it is worth most in all; of equals, the last one. */
static void align(const struct work *work, struct report_line *lines)
{
    size_t columns = work->found_count + 1;
    uint32_t *most = allocate(0, (work->expected_count + 1) * columns, sizeof *most);
    uint32_t i, j;

    for (j = 0; j < columns; j++)
        most[j] = 0;
    for (i = 1; i <= work->expected_count; i++) {
        const uint32_t *above = &most[(i - 1) * columns];
        uint32_t *row = &most[i * columns];

        row[0] = 0;
        for (j = 1; j < columns; j++) {
            uint32_t paired = above[j - 1] + worth(work, i - 1, j - 1);

            row[j] = row[j - 1] > above[j] ? row[j - 1] : above[j];
            row[j] = paired > row[j] ? paired : row[j];
        }
    }
    for (i = work->expected_count, j = work->found_count; i > 0 && j > 0;) {
        uint32_t here = most[i * columns + j];

        if (here == most[(i - 1) * columns + j]) {
            i--;
        } else if (here == most[i * columns + j - 1]) {
            j--;
        } else {
            i--;
            j--;
            pair(&lines[i], &work->expected[i], &work->found[j]);
        }
    }
    free(most);
}

/* A line that does not end as most do is damaged. */
static void check_ends(const struct work *work, struct report_check *check)
{
    for (uint32_t i = 0; i < check->count; i++) {
        struct report_line *line = &check->lines[i];

        if (line->state == LINE_WHOLE && line->line.end != work->usual_end && line->line.end != END_OF_LOG)
            line->state = LINE_BAD_END;
    }
}

/* --- all of them together --- */

static uint32_t add_line(uint32_t crc, const char *text, uint32_t length)
{
    return crc_bytes(crc_bytes(crc, text, length), "\r\n", 2);
}

/* A line of sums as it has to be, if the lines are as they are. */
static uint32_t add_sums_line(uint32_t crc, const struct work *work, const struct report_check *check, uint32_t first)
{
    char text[PRINT_COLUMNS + 1];
    uint32_t length = (uint32_t)snprintf(text, sizeof text, "sums %3" PRIu32 " ", first);

    for (uint32_t i = first - 1; i < work->summed && i < first - 1 + SUMS_A_LINE; i++, length += SUM_DIGITS)
        sum_of(check->lines[i].line.text, check->lines[i].line.length, text + length);
    text[length] = ' ';
    sum_of(text, length, text + length + 1);
    length += 1 + SUM_DIGITS;
    return add_line(crc, text, length);
}

/* Does the end line's CRC-32 fit the lines as they are there? Or else, with the lines of sums as they have to be: those that
   are damaged are no hindrance. */
static bool crc_fits(const struct work *work, const struct report_check *check, bool sums_anew)
{
    uint32_t crc = 0;

    for (uint32_t i = 0; i + 1 < check->count; i++) {
        const struct report_line *line = &check->lines[i];

        if (sums_anew && work->expected[i].kind == KIND_SUMS)
            crc = add_sums_line(crc, work, check, work->expected[i].sum);
        else if (line->state != LINE_MISSING)
            crc = add_line(crc, line->line.text, line->line.length);
        else
            return false;
    }
    return work->ended && work->end.lines == check->count - 1 && work->end.crc == crc;
}

static void judge(const struct work *work, struct report_check *check)
{
    bool as_sent = crc_fits(work, check, false); /* then what does not fit its sum was damaged before its sum was taken */

    check->crc_good = as_sent || crc_fits(work, check, true);
    check->whole = check->crc_good;
    for (uint32_t i = 0; i < check->count; i++) {
        struct report_line *line = &check->lines[i];

        if ((line->state == LINE_UNCHECKED && check->crc_good) || (line->state == LINE_DAMAGED && as_sent))
            line->state = LINE_WHOLE;
        check->whole &= line->state == LINE_WHOLE;
    }
}

/* Is what is there, line by line, all that the end line tells of? Then it is whole, whatever the sums say: they may have been
   damaged before they were sent, or sent twice. */
static bool fits_as_it_is(const struct work *work, const struct report_check *check)
{
    uint32_t before = work->found_count - 1;
    uint32_t crc = 0;

    if (!work->found[before].end || work->end.lines != before || check->last - check->first != before)
        return false;
    for (uint32_t i = 0; i < before; i++)
        crc = add_line(crc, work->found[i].line.text, work->found[i].line.length);
    return crc == work->end.crc;
}

static void take_as_it_is(const struct work *work, struct report_check *check)
{
    check->count = work->found_count;
    check->lines = allocate(0, check->count, sizeof *check->lines);
    for (uint32_t i = 0; i < check->count; i++)
        check->lines[i] = (struct report_line){LINE_WHOLE, work->found[i].at, work->found[i].line};
    check_ends(work, check);
    check->crc_good = check->whole = true;
    for (uint32_t i = 0; i < check->count; i++)
        check->whole &= check->lines[i].state == LINE_WHOLE;
}

static void check_report(const struct log *log, uint32_t headline_at, struct report_check *check)
{
    struct work work;

    find_lines(&work, log, check, headline_at);
    if (fits_as_it_is(&work, check)) {
        take_as_it_is(&work, check);
        free(work.found);
        return;
    }
    expect_lines(&work);
    check->count = work.expected_count;
    check->lines = allocate(0, check->count, sizeof *check->lines);
    for (uint32_t i = 0; i < check->count; i++)
        check->lines[i] = (struct report_line){LINE_MISSING, NO_LINE, {"", 0, 0, END_OF_LOG}};
    align(&work, check->lines);
    check_ends(&work, check);
    judge(&work, check);
    free(work.expected);
    free(work.found);
}

/* A report ends at its end line, before the next headline, or with the log. A line of sums or an end line tells of one whose
   headline is lost. */
bool verify_next(const struct log *log, size_t from, struct report_check *check)
{
    bool headline_seen = false, end_seen = false, seen = false;
    uint32_t headline_at = 0;
    size_t i = from;

    check->first = from;
    for (; i < log->count && !end_seen; i++) {
        const struct line *line = &log->lines[i];
        uint32_t at = log_headline(line);
        struct sums_line sums;

        if (at < line->length && seen)
            break;
        if (at < line->length) {
            headline_seen = true;
            headline_at = at;
            check->first = i;
        }
        end_seen = log_like_end_line(line);
        seen |= headline_seen || end_seen || log_sums_line(line, &sums);
    }
    if (!seen)
        return false;
    check->last = i - 1;
    check_report(log, headline_at, check);
    return true;
}

void verify_free(struct report_check *check)
{
    free(check->lines);
}
