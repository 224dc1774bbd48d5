/* Lines of the report: 80 columns of printable ASCII, CR LF, counted and checksummed. */
#ifndef KMOD_PRINT_H
#define KMOD_PRINT_H

#include "machine.h"
#include "symbols.h"

#define PRINT_COLUMNS 80

/* A line is put together here and goes out as a whole: what is not yet out can still be moved to another line. */
#define PRINT_ROOM 160

/* The first lines, which have a sum of their own; there should not be more: a report has some 420 at most. */
#define PRINT_SUMS 512
#define SUM_DIGITS 3

/* Of all lines before this one. Kept thrice: one may be overwritten, and the others tell. */
struct tally {
    uint32_t crc;
    uint32_t lines;
};

struct tally tally_of(const struct tally same[3]);

struct print {
    struct machine *machine;
    struct tally tallies[3];
    uint32_t column; /* in this one */
    char line[PRINT_ROOM + 2]; /* and CR LF */
    char sums[PRINT_SUMS][SUM_DIGITS]; /* of the lines before: sum.h */
};

void print_begin(struct print *print, struct machine *machine);
struct tally print_tally(const struct print *print);
void print_go_on(struct print *print, struct tally tally);

/* The piece of a line that has room; what reaches beyond the last column is left out. */
void print_string(struct print *print, const char *string);
/* Text from the crashed machine: what is not printable becomes '?', what is longer than room ends in "..". */
void print_text(struct print *print, struct text text, uint32_t room);
/* The same, but a longer one keeps both its ends, "..." between: of "drivers::net::Card::send" send matters as much. */
void print_long_name(struct print *print, struct text name, uint32_t room);
/* So many printable characters, which lie in whole words. */
void print_words(struct print *print, const uint32_t *words, uint32_t count);
void print_hex(struct print *print, uint32_t value);   /* no leading zeros */
void print_hex8(struct print *print, uint32_t value);  /* eight digits */
void print_hex4(struct print *print, uint32_t value);  /* four digits */
void print_hex_right(struct print *print, uint32_t value, uint32_t width);
/* "      18 c0213018 c010a4c2 " */
#define RECORD_COLUMNS 27
void print_record(struct print *print, uint32_t bytes, uint32_t child_ebp, uint32_t return_address);
void print_decimal(struct print *print, uint32_t value);
void print_decimal_right(struct print *print, uint32_t value, uint32_t width);
/* Moves what stands in the line from column mark on to a new one, behind so many blanks, if the line is too long. */
void print_wrap(struct print *print, uint32_t mark, uint32_t indent);
/* Blanks up to the column; nothing when the line is already there. */
void print_to_column(struct print *print, uint32_t column);
void print_line_end(struct print *print);

/* part in whole, as a percentage rounded to the nearest; 0 when whole is 0. */
uint32_t print_percent(uint32_t part, uint32_t whole);

/* A C string that may not end: at most 64 characters of it. */
struct text print_c_string(const char *string);

#endif
