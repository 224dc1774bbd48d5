/* What came out of a trial. */
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/host/verify.h"

const char *const outcome_names[OUTCOMES] = {
    "complete", "followed", "one line", "losses", "short", "no crash", "NOTHING", "BROKEN", "LIE", "HANG", "RESET",
};

/* How many lines of the report were damaged or lost on the way; UINT32_MAX: it is cut off. */
static uint32_t damaged_lines(const char *text, char reason[200])
{
    struct report_check check;
    struct log log;
    uint32_t damaged = UINT32_MAX;

    log_read(&log, text, strlen(text));
    if (verify_next(&log, 0, &check)) {
        damaged = check.count == 1 ? UINT32_MAX : 0;
        for (uint32_t i = 0; i < check.count && damaged != UINT32_MAX; i++)
            if (check.lines[i].state != LINE_WHOLE && damaged++ == 0)
                snprintf(reason, 200, "line %u of %u: %.*s", (unsigned)i + 1, (unsigned)check.count,
                         check.lines[i].line.length < 100 ? (int)check.lines[i].line.length : 100, check.lines[i].line.text);
        verify_free(&check);
    }
    log_free(&log);
    return damaged;
}

enum outcome judge(const struct evidence *evidence, enum machine_end end, const char *log, char reason[200])
{
    bool begun = strstr(log, "kstackguard") != 0;
    uint32_t damaged = damaged_lines(log, reason);
    bool marked = strstr(log, " recovered") || strstr(log, " guess") || strstr(log, " no frame found");

    if (end == MACHINE_RESET)
        return OUTCOME_RESET;
    if (end == MACHINE_RUNNING)
        return OUTCOME_HANG;
    if (!begun)
        return log[0] ? OUTCOME_NO_CRASH : OUTCOME_NOTHING;
    if (strstr(log, "kstackguard: gave up"))
        return OUTCOME_SHORT;
    if (damaged > 1)
        return OUTCOME_BROKEN;
    if (damaged == 1)
        return OUTCOME_LINE;
    if (truth_find_lie(evidence, log, reason))
        return OUTCOME_LIE;
    if (strstr(log, "lost:"))
        return OUTCOME_LOSSES;
    return marked || truth_same_rows(evidence->course, log) ? OUTCOME_COMPLETE : OUTCOME_FOLLOWED;
}
