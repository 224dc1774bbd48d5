/* What came out of a trial. */
#ifndef TESTS_INJECT_JUDGE_H
#define TESTS_INJECT_JUDGE_H

#include "truth.h"

enum outcome {
    OUTCOME_COMPLETE,  /* the whole report, with the rows as without damage or marked ones */
    OUTCOME_FOLLOWED,  /* the whole report, with other rows that nothing contradicts */
    OUTCOME_LINE,      /* a report of which one line was damaged on the way */
    OUTCOME_LOSSES,    /* a report that names what it has lost */
    OUTCOME_SHORT,     /* the last line of all */
    OUTCOME_NO_CRASH,  /* the kernel noticed, or went on: there was no double fault */
    OUTCOMES_GOOD,
    OUTCOME_NOTHING = OUTCOMES_GOOD,
    OUTCOME_BROKEN,    /* a report that is not whole */
    OUTCOME_LIE,
    OUTCOME_HANG,
    OUTCOME_RESET,     /* a triple fault */
    OUTCOME_EMULATOR,  /* QEMU itself came to its end */
    OUTCOMES
};

extern const char *const outcome_names[OUTCOMES];

/* log: of COM1, lines that end in LF. arithmetic: the folder of arithmetic.awk. reason: why it is no good one. */
enum outcome judge(const struct evidence *evidence, enum machine_end end, const char *log, const char *arithmetic,
                   char reason[200]);

#endif
