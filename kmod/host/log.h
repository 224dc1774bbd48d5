/* A serial log as lines, and the lines of a report that are told by their form. */
#ifndef KMOD_HOST_LOG_H
#define KMOD_HOST_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line without its end, which is LF or CR LF. May hold anything. */
struct line {
    const char *text;
    uint32_t length;
    bool carriage_return;
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

/* A line of sums (kmod/sum.h), whole. */
struct sums_line {
    uint32_t first; /* that it has a sum for; 1 is the headline */
    uint32_t count;
    uint16_t sums[32];
};
bool log_sums_line(const struct line *line, struct sums_line *sums);

#endif
