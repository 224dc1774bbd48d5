/* ksg: what the developer's machine does with a report. */
#include <stdbool.h>
#include <string.h>

#include "fail.h"
#include "file.h"
#include "verify.h"

static const char usage[] =
    "usage: ksg check LOG\n"
    "\n"
    "Looks for reports in LOG, the log of a serial line, and tells for each whether it is whole, and else which of its lines\n"
    "are damaged or missing. Exit status: 0, there are reports, and all are whole; 1, there is none, or one is damaged.\n";

const char program_name[] = "ksg";

/* As much of a damaged line as is printable. */
static void print_quoted(const struct line *line)
{
    uint32_t shown = line->length < 160 ? line->length : 160;

    putchar('`');
    for (uint32_t i = 0; i < shown; i++)
        putchar(line->text[i] >= ' ' && line->text[i] <= '~' ? line->text[i] : '?');
    printf(shown < line->length ? "..`\n" : "`\n");
}

static void print_line(const struct report_check *check, uint32_t number)
{
    static const char *const states[] = {"whole", "damaged", "whole, but does not end as the others do", "missing",
                                         "not checked, since its sum is missing"};
    const struct report_line *line = &check->lines[number];

    if (number + 1 < check->count)
        printf("  line %u", (unsigned)number + 1);
    else
        printf("  the end line");
    printf(" is %s", states[line->state]);
    if (line->at != NO_LINE) {
        printf("; line %zu of the log: ", line->line.number);
        print_quoted(&line->line);
    } else {
        putchar('\n');
    }
}

static void print_check(const char *path, const struct log *log, const struct report_check *check)
{
    uint32_t bad = 0;

    printf("%s, lines %zu to %zu: ", path, log->lines[check->first].number, log->lines[check->last].number);
    for (uint32_t i = 0; i < check->count; i++)
        bad += check->lines[i].state != LINE_WHOLE;
    if (check->count == 1) {
        printf("a report that is cut off: it has no sums, so nothing can be checked\n");
        return;
    }
    printf("a report of %u lines, %s\n", (unsigned)check->count, check->whole ? "whole" : "damaged");
    for (uint32_t i = 0; i < check->count; i++)
        if (check->lines[i].state != LINE_WHOLE)
            print_line(check, i);
    if (bad == 0 && !check->whole)
        printf("  each line fits its sum, but not all of them the CRC-32: which one is damaged cannot be told\n");
}

static int check_log(const char *path)
{
    struct report_check check;
    struct log log;
    size_t size, from = 0;
    char *bytes = file_read(path, &size);
    bool all_whole = true;

    log_read(&log, bytes, size);
    while (verify_next(&log, from, &check)) {
        print_check(path, &log, &check);
        all_whole &= check.whole;
        from = check.last + 1;
        verify_free(&check);
    }
    if (from == 0)
        printf("%s: there is no report in it\n", path);
    log_free(&log);
    free(bytes);
    return all_whole && from > 0 ? 0 : EXIT_REFUSED;
}

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--help") == 0) {
            fputs(usage, stdout);
            return printed(0);
        }
        if (arguments[i][0] == '-')
            fail(EXIT_WRONG_COMMAND, "there is no option %s; --help tells more", arguments[i]);
    }
    if (count < 2)
        fail(EXIT_WRONG_COMMAND, "what to do? --help tells more");
    if (strcmp(arguments[1], "check") != 0)
        fail(EXIT_WRONG_COMMAND, "there is no command %s; --help tells more", arguments[1]);
    if (count != 3)
        fail(EXIT_WRONG_COMMAND, "check takes one log; --help tells more");
    return printed(check_log(arguments[2]));
}
