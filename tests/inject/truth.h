/* Does a report say anything that contradicts the memory as it is? */
#ifndef TESTS_INJECT_TRUTH_H
#define TESTS_INJECT_TRUTH_H

#include "draw.h"

#define MEMORY_JUDGED 0x2000000u /* bytes: all that is mapped */

/* What a report is held against: memory before and after damage that came while it was written; else both are the same. */
struct evidence {
    const struct site *site;
    const struct course *course; /* of this crash without damage */
    const uint8_t *memory[2];
    bool same_crash;             /* the damage came after the crash: CR2 is as without */
};

/* A line that contradicts both memories, with the reason; false: there is none. text: the report, lines that end in LF. */
bool truth_find_lie(const struct evidence *evidence, const char *text, char reason[200]);

/* Are the rows the same as without damage? */
bool truth_same_rows(const struct course *course, const char *text);

#endif
