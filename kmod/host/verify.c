/*
 * Is a report whole? Its sums say what lines there have to be; the log says what there is. The two are aligned by their
 * longest common subsequence. What is left between two lines that fit is damaged, missing, or other output.
 */
#include "verify.h"

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

/* A line that is there. */
struct found {
    struct line line;
    size_t at;
    uint32_t sum;
    uint32_t sums; /* the number of the first line that it has the sum of; 0: it is no line of sums */
    bool end;
};

struct work {
    struct expected *expected;
    struct found *found;
    uint32_t expected_count, found_count;
    struct end_line end;
    bool ended; /* end holds */
};

/* --- what is there --- */

static void find_lines(struct work *work, const struct log *log, const struct report_check *check, uint32_t headline_at)
{
    size_t first = check->last - check->first >= LINES_MOST ? check->last - LINES_MOST + 1 : check->first;

    work->found = allocate(0, check->last - first + 1, sizeof *work->found);
    work->found_count = 0;
    work->ended = false;
    for (size_t i = first; i <= check->last; i++) {
        struct found *found = &work->found[work->found_count++];
        struct sums_line sums;

        *found = (struct found){log->lines[i], i, 0, 0, false};
        if (i == check->first) {
            found->line.text += headline_at;
            found->line.length -= headline_at;
        }
        found->sum = sum_bytes(found->line.text, found->line.length);
        if (log_sums_line(&found->line, &sums) && sums.first <= PRINT_SUMS)
            found->sums = sums.first;
        found->end = log_end_line(&found->line, &work->end) && work->end.lines <= LINES_MOST;
        work->ended |= found->end;
    }
}

/* --- what has to be there --- */

static void expect(struct work *work, enum kind kind, uint32_t sum)
{
    work->expected = allocate_one_more(work->expected, work->expected_count, sizeof *work->expected);
    work->expected[work->expected_count++] = (struct expected){kind, sum};
}

/* The lines that one line of sums tells of, behind all that those before it did. */
static void expect_summed(struct work *work, const struct sums_line *sums)
{
    while (work->expected_count < sums->first - 1)
        expect(work, KIND_UNKNOWN, 0);
    for (uint32_t i = 0; i < sums->count && work->expected_count == sums->first - 1 + i; i++)
        expect(work, KIND_TEXT, sums->sums[i]);
}

static uint32_t sums_lines_for(uint32_t lines)
{
    return (lines + SUMS_A_LINE - 1) / SUMS_A_LINE;
}

/* How many lines there are that no sum tells of, when it is known how many there are in all. */
static uint32_t not_told(const struct work *work, uint32_t sums_lines)
{
    uint32_t told = work->expected_count + sums_lines;

    return work->ended && work->end.lines > told ? work->end.lines - told : 0;
}

/* Every line that the sums and the end line tell of. */
static void expect_lines(struct work *work)
{
    uint32_t summed;
    bool all_sums;

    work->expected = 0;
    work->expected_count = 0;
    for (uint32_t i = 0; i < work->found_count; i++) {
        struct sums_line sums;

        if (work->found[i].sums && log_sums_line(&work->found[i].line, &sums))
            expect_summed(work, &sums);
    }
    /* The last line of sums is rarely full: if it is, another may be lost. */
    all_sums = work->expected_count % SUMS_A_LINE != 0 || work->expected_count == PRINT_SUMS;
    while (!all_sums && not_told(work, sums_lines_for(work->expected_count)) > 0 && work->expected_count < PRINT_SUMS)
        expect(work, KIND_UNKNOWN, 0);
    summed = work->expected_count;
    if (summed == PRINT_SUMS)
        for (uint32_t more = not_told(work, sums_lines_for(summed)); more > 0; more--)
            expect(work, KIND_UNKNOWN, 0);
    for (uint32_t i = 0; i < sums_lines_for(summed); i++)
        expect(work, KIND_SUMS, i * SUMS_A_LINE + 1);
    for (uint32_t more = not_told(work, 0); more > 0; more--) /* the loss of that part, say */
        expect(work, KIND_UNKNOWN, 0);
    expect(work, KIND_END, 0);
}

/* --- the two side by side --- */

static bool fits(const struct expected *expected, const struct found *found)
{
    switch (expected->kind) {
    case KIND_TEXT:
        return !found->end && !found->sums && found->sum == expected->sum;
    case KIND_SUMS:
        return found->sums == expected->sum;
    case KIND_END:
        return found->end;
    case KIND_UNKNOWN:
        break;
    }
    return false;
}

static void pair(struct report_line *line, enum line_state state, const struct found *found)
{
    line->state = state;
    line->at = found->at;
    line->line = found->line;
}

/* Fills in which expected line is which of those found: the longest common subsequence, its matches as late as can be. */
static void align(const struct work *work, struct report_line *lines, uint32_t *partner)
{
    uint32_t columns = work->found_count + 1;
    uint16_t *longest = allocate(0, (size_t)(work->expected_count + 1) * columns, sizeof *longest);
    uint32_t i, j;

    for (i = 0; i <= work->expected_count; i++)
        for (j = 0; j <= work->found_count; j++) {
            uint16_t *here = &longest[i * columns + j];

            if (i == 0 || j == 0)
                *here = 0;
            else if (fits(&work->expected[i - 1], &work->found[j - 1]))
                *here = (uint16_t)(here[-(ptrdiff_t)columns - 1] + 1);
            else
                *here = here[-1] > here[-(ptrdiff_t)columns] ? here[-1] : here[-(ptrdiff_t)columns];
        }
    for (i = work->expected_count, j = work->found_count; i > 0 && j > 0;) {
        const uint16_t *here = &longest[i * columns + j];

        if (fits(&work->expected[i - 1], &work->found[j - 1])) {
            pair(&lines[--i], LINE_WHOLE, &work->found[--j]);
            partner[i] = j;
        } else if (here[-1] > here[-(ptrdiff_t)columns]) {
            j--;
        } else {
            i--;
        }
    }
    free(longest);
}

/* --- what is left between them --- */

static struct line part_of(const struct line *line, uint32_t start, uint32_t end)
{
    return (struct line){line->text + start, end - start, line->carriage_return};
}

/* Two lines in one, because the first one's end was lost or changed? */
static bool split(const struct work *work, struct report_line *lines, uint32_t i, const struct found *found)
{
    const struct line *line = &found->line;

    if (work->expected[i].kind != KIND_TEXT || work->expected[i + 1].kind != KIND_TEXT)
        return false;
    for (uint32_t at = 0; at <= line->length; at++) {
        uint32_t longest_end = line->length - at < 2 ? line->length - at : 2;

        if (sum_bytes(line->text, at) != work->expected[i].sum)
            continue;
        for (uint32_t end = 0; end <= longest_end; end++) {
            struct found second = *found;

            second.line = part_of(line, at + end, line->length);
            second.sum = sum_bytes(second.line.text, second.line.length);
            if (second.sum != work->expected[i + 1].sum)
                continue;
            pair(&lines[i], LINE_JOINED, found);
            lines[i].line = part_of(line, 0, at);
            lines[i].line.carriage_return = true;
            pair(&lines[i + 1], LINE_WHOLE, &second);
            return true;
        }
    }
    return false;
}

/* Between two lines that fit, expected lines from i to i_end and found ones from j to j_end are left. */
static void explain(const struct work *work, struct report_line *lines, uint32_t i, uint32_t i_end, uint32_t j, uint32_t j_end)
{
    while (i < i_end) {
        bool fewer = j_end - j < i_end - i;

        if (j == j_end) {
            lines[i++].state = LINE_MISSING;
        } else if (fewer && i + 1 < i_end && split(work, lines, i, &work->found[j])) {
            i += 2;
            j++;
        } else {
            pair(&lines[i], work->expected[i].kind == KIND_UNKNOWN ? LINE_UNCHECKED : LINE_DAMAGED, &work->found[j]);
            i++;
            j++;
        }
    }
}

static void explain_all(const struct work *work, struct report_line *lines, const uint32_t *partner)
{
    uint32_t i = 0, j = 0;

    for (uint32_t next = 0; next < work->expected_count; next++) {
        if (lines[next].at == NO_LINE)
            continue;
        explain(work, lines, i, next, j, partner[next]);
        i = next + 1;
        j = partner[next] + 1;
    }
    explain(work, lines, i, work->expected_count, j, work->found_count);
}

/* Lines end in CR LF, or all in LF, if something has converted the log: one that does not end as the others is damaged. */
static void check_ends(struct report_check *check)
{
    uint32_t with = 0, without = 0;

    for (uint32_t i = 0; i < check->count; i++) {
        bool whole = check->lines[i].state == LINE_WHOLE;

        with += whole && check->lines[i].line.carriage_return;
        without += whole && !check->lines[i].line.carriage_return;
    }
    for (uint32_t i = 0; i < check->count && with > without; i++)
        if (check->lines[i].state == LINE_WHOLE && !check->lines[i].line.carriage_return)
            check->lines[i].state = LINE_DAMAGED;
}

/* --- all of it --- */

static uint32_t add_line(uint32_t crc, const struct line *line)
{
    return crc_bytes(crc_bytes(crc, line->text, line->length), "\r\n", 2);
}

/* The line of sums that has to be there for lines from first on. */
static uint32_t add_sums_line(uint32_t crc, const struct report_check *check, uint32_t first)
{
    static struct print print;
    uint32_t sums = 0;

    while (sums < SUMS_A_LINE && first + sums < check->count)
        sums++;
    return crc + 0 * print.lines;
}
