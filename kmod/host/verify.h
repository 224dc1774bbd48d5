/* Is a report in a log whole, and if not, which of its lines are damaged? */
#ifndef KMOD_HOST_VERIFY_H
#define KMOD_HOST_VERIFY_H

#include "log.h"

#define NO_LINE SIZE_MAX

enum line_state {
    LINE_WHOLE,
    LINE_DAMAGED,  /* what is there seems to be in its place */
    LINE_BAD_END,  /* it is whole, but does not end as the others do */
    LINE_MISSING,
    LINE_UNCHECKED /* its sum is missing */
};

/* A line of the report. */
struct report_line {
    enum line_state state;
    size_t at;        /* in log->lines; NO_LINE: nowhere */
    struct line line; /* what is there of it */
};

struct report_check {
    size_t first, last;        /* in log->lines */
    struct report_line *lines; /* the report's, in order, with the end line; only that one when the report is cut off */
    uint32_t count;
    bool crc_good;             /* the end line's CRC-32, and its count */
    bool whole;
};

/* Finds the next report that begins at line from or behind it. False: there is none. */
bool verify_next(const struct log *log, size_t from, struct report_check *check);
void verify_free(struct report_check *check);

#endif
