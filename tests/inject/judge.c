/* What came out of a trial. */
#include "judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/crc.h"
#include "../../kmod/host/allocate.h"
#include "../../kmod/host/fail.h"
#include "../../kmod/host/verify.h"

const char *const outcome_names[OUTCOMES] = {
    "complete", "followed", "one line", "losses", "short", "no crash", "NOTHING", "BROKEN", "LIE", "HANG", "RESET", "QEMU",
};

#define CUT_OFF UINT32_MAX


/* How many lines of the report were damaged or lost on the way; CUT_OFF. What is there of them becomes blank in text. */
static uint32_t find_damaged_lines(char *text, char reason[200])
{
    struct report_check check;
    struct log log;
    uint32_t damaged = CUT_OFF;
    char *copy = allocate(0, strlen(text) + 1, 1);

    strcpy(copy, text);
    log_read(&log, copy, strlen(copy));
    if (verify_next(&log, 0, &check)) {
        damaged = check.count == 1 ? CUT_OFF : 0;
        for (uint32_t i = 0; i < check.count && damaged != CUT_OFF; i++) {
            const struct line *line = &check.lines[i].line;

            if (check.lines[i].state == LINE_WHOLE)
                continue;
            if (damaged++ == 0)
                snprintf(reason, 200, "line %u of %u: %.*s", (unsigned)i + 1, (unsigned)check.count,
                         line->length < 100 ? (int)line->length : 100, line->text);
            if (check.lines[i].at != NO_LINE)
                memset(text + (line->text - copy), ' ', line->length);
        }
        verify_free(&check);
    }
    if (damaged == CUT_OFF)
        snprintf(reason, 200, "cut off");
    log_free(&log);
    free(copy);
    return damaged;
}

/* From the headline to the end line, with the line ends that it was sent with. */
static char *report_of(const char *log, size_t *size, uint32_t *crc)
{
    const char *start = strstr(log, "======== kstackguard");
    const char *end = start ? strstr(start, "======== end of report") : 0;
    char *report;

    if (!end)
        return 0;
    report = allocate(0, 2 * strlen(start) + 1, 1);
    *size = 0;
    for (const char *at = start; *at && !(at > end && at[-1] == '\n'); at++) {
        if (at == end)
            *crc = crc_bytes(0, report, (uint32_t)*size);
        if (*at == '\n')
            report[(*size)++] = '\r';
        report[(*size)++] = *at;
    }
    return report;
}

/* Do its numbers follow from one another? */
static bool adds_up(const char *log, const char *folder, char reason[200])
{
    char name[] = "/tmp/report.XXXXXX";
    char command[800];
    uint32_t crc = 0;
    size_t size;
    char *report = report_of(log, &size, &crc);
    int descriptor = report ? mkstemp(name) : -1;
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : 0;
    FILE *output;
    bool right;

    if (!report)
        return true;
    if (!file || fwrite(report, size, 1, file) != 1 || fclose(file) != 0)
        fail(EXIT_REFUSED, "%s cannot be written", name);
    snprintf(command, sizeof command,
             "LC_ALL=C exec awk -v first=1 -v crc=%08" PRIx32 " -f %s/hex.awk -f %s/sum.awk -f %s/arithmetic.awk %s", crc, folder,
             folder, folder, name);
    output = popen(command, "r");
    right = output && !fgets(reason, 200, output);
    if (!output || pclose(output) == -1)
        fail(EXIT_REFUSED, "awk cannot be run");
    reason[strcspn(reason, "\n")] = 0;
    remove(name);
    free(report);
    return right;
}

/* Are all parts there? One that is lost without a word is one that the reader does not miss. */
static bool has_all_parts(const char *log, char reason[200])
{
    static const char *const parts[] = {"======== kstackguard", "\neax ",           "\nesi ",           "\neip ",
                                        "\n  walk ended",       "\nused by module", "\nused by function", "\nbiggest frames"};
    bool walked = strstr(log, " frames\n") || strstr(log, " frame\n") || strstr(log, "\n  Memory ChildEBP");
    bool no_frame = strstr(log, " 0 frames\n") || strstr(log, "only 0 of the stack is in known frames");
    unsigned count = !walked ? 4 : no_frame ? 6 : 8;

    for (unsigned i = 0; i < count; i++)
        if (!strstr(log, parts[i])) {
            snprintf(reason, 200, "there is no %s, which is not named as lost", parts[i] + (parts[i][0] == '\n'));
            return false;
        }
    return true;
}

/* A report that was cut off and then begun anew is as good as the second one; what the first says must be true all the
   same. */
static const char *last_report(const char *log)
{
    const char *last = log;

    for (const char *next = log; (next = strstr(next, "\n======== kstackguard")) != 0; next++)
        last = next + 1;
    return last;
}

enum outcome judge(const struct evidence *evidence, enum machine_end end, const char *log, const char *arithmetic,
                   char reason[200])
{
    const char *whole_log = log;
    bool begun = strstr(log, "kstackguard") != 0;
    bool marked = strstr(log, " recovered") || strstr(log, " guess") || strstr(log, " no frame found");
    char *text = allocate(0, strlen(log) + 1, 1);
    uint32_t damaged;
    bool lies;
    char lie[200] = "";

    strcpy(text, log);
    damaged = find_damaged_lines(text, reason);
    lies = truth_find_lie(evidence, text, lie);
    free(text);
    log = last_report(log);
    if (log != whole_log && damaged == CUT_OFF) {
        text = allocate(0, strlen(log) + 1, 1);
        strcpy(text, log);
        damaged = find_damaged_lines(text, reason);
        free(text);
    }
    if (end == MACHINE_RESET)
        return OUTCOME_RESET;
    if (end == MACHINE_RUNNING)
        return OUTCOME_HANG;
    if (end == MACHINE_ENDED)
        return OUTCOME_EMULATOR;
    if (!begun && (strstr(log, "**** lost") || strstr(log, "end of report"))) {
        strcpy(reason, "a report without a headline");
        return OUTCOME_BROKEN;
    }
    if (!begun)
        return log[0] ? OUTCOME_NO_CRASH : OUTCOME_NOTHING;
    if (lies) {
        snprintf(reason, 200, "%s", lie);
        return OUTCOME_LIE;
    }
    if (strstr(log, "kstackguard: gave up"))
        return OUTCOME_SHORT;
    if (damaged > 1)
        return OUTCOME_BROKEN;
    if (damaged == 1)
        return OUTCOME_LINE;
    if (strstr(log, "lost:"))
        return OUTCOME_LOSSES;
    if (!has_all_parts(log, reason))
        return OUTCOME_BROKEN;
    if (!adds_up(log, arithmetic, reason))
        return OUTCOME_LIE;
    if (log != whole_log)
        return OUTCOME_LOSSES;
    return marked || truth_same_rows(evidence->course, log) ? OUTCOME_COMPLETE : OUTCOME_FOLLOWED;
}
