/* Does a report say anything that contradicts the memory as it is? */
#ifndef TESTS_INJECT_TRUTH_H
#define TESTS_INJECT_TRUTH_H

#include "evidence.h"

#define LINE_LONGEST 200

/* How far a report has been read. */
struct reader {
    const struct evidence *evidence;
    char *reason; /* of the first lie */
    bool lies;
    char line[LINE_LONGEST];
    bool lost;       /* the report names a loss, */
    bool names_lost; /* of the symbols, */
    bool rows_lost;  /* of the rows */
    bool overflow, no_stack, hole; /* what the title says */
    bool own_range; /* the stack's range is no registered one */
    /* Among the rows: */
    bool in_rows;
    uint32_t pc;    /* that the next row is named after */
    bool pc_known, pc_exact; /* pc was about to execute; else it is a return address */
    uint32_t ebp;   /* as it was there */
    bool ebp_known;
    bool first;     /* the next row is the first */
    uint32_t child; /* ChildEBP of the last row */
    unsigned plain; /* so many rows up to the last have no remark */
};

__attribute__((format(printf, 2, 3))) void truth_lie(struct reader *reader, const char *format, ...);

/* "module!function+0x31" has to be where reader->pc is. */
void truth_check_name(struct reader *reader, const char *place, const char *what);

/* rows.c: a line among the rows; next: the line behind it, up to its LF. */
void rows_begin(struct reader *reader);
void rows_check(struct reader *reader, const char *next);

/* A line that contradicts both memories, with the reason; false: there is none. text: the report, lines that end in LF. */
bool truth_find_lie(const struct evidence *evidence, const char *text, char reason[200]);

/* Are the rows the same as without damage? */
bool truth_same_rows(const struct course *course, const char *text);

#endif
