/* A serial log as lines, and the lines of a report that are told by their form. */
#ifndef KMOD_HOST_LOG_H
#define KMOD_HOST_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sum.h"

/* LF, CR LF where the log is as it came from the line; CR alone where the LF behind it was lost or changed. */
enum line_end { END_OF_LOG, END_LF, END_CR_LF, END_CR };

/* A line without its end. May hold anything. */
struct line {
    const char *text;
    uint32_t length;
    size_t number; /* as editors count, which know no CR; from 1 */
    enum line_end end;
};

struct log {
    struct line *lines;
    size_t count;
};

/* Takes size bytes apart, which have to stay. */
void log_read(struct log *log, const char *bytes, size_t size);
void log_free(struct log *log);

/* Where in the line a report's headline begins; the line's length: nowhere. Before it can be what the kernel said last. */
uint32_t log_headline(const struct line *line);

/* The report's end line, whole. */
struct end_line {
    uint32_t lines; /* before it */
    uint32_t crc;   /* of them */
};
bool log_end_line(const struct line *line, struct end_line *end);
/* The same, perhaps damaged. */
bool log_like_end_line(const struct line *line);

/* The sum of a line, as a number. */
uint32_t log_sum(const char *text, uint32_t length);

/* A line of sums, whole. */
struct sums_line {
    uint32_t first; /* that it has a sum for; 1 is the headline */
    uint32_t count;
    uint32_t sums[SUMS_A_LINE];
};
bool log_sums_line(const struct line *line, struct sums_line *sums);

#endif
