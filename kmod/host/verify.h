/* Is a report in a log whole, and if not, which of its lines are damaged? */
#ifndef KMOD_HOST_VERIFY_H
#define KMOD_HOST_VERIFY_H

#include "log.h"

#define NO_LINE SIZE_MAX

enum line_state {
    LINE_WHOLE,
    LINE_DAMAGED,   /* at is what seems to be there in its place */
    LINE_JOINED,    /* its end is missing: the next line follows in the same one of the log */
    LINE_MISSING,
    LINE_UNCHECKED  /* its sum is missing */
};

/* A line of the report. */
struct report_line {
    enum line_state state;
    size_t at;        /* in the log; NO_LINE: nowhere */
    struct line line; /* what is there of it */
};

struct report_check {
    size_t first, last;        /* lines of the log, from 0 */
    struct report_line *lines; /* the report's, in order; the end line is the last */
    uint32_t count;
    bool headless, endless;    /* the log begins or ends in it, or its first or last line is damaged */
    bool crc_good;
    bool whole;
};

/* Finds the next report that begins at line from or behind it. False: there is none. */
bool verify_next(const struct log *log, size_t from, struct report_check *check);
void verify_free(struct report_check *check);

#endif
