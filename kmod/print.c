/* Lines of the report. */
#include "print.h"

#include "crc.h"
#include "sum.h"

#define FIRST_PRINTABLE ' '
#define LAST_PRINTABLE '~'
#define CUT 3 /* "..." */
#define C_STRING_LONGEST 64
#define DECIMAL_DIGITS 10 /* that a number can have */

void print_begin(struct print *print, struct machine *machine)
{
    print->machine = machine;
    print->column = 0;
    print_go_on(print, (struct tally){0, 0});
}

void print_go_on(struct print *print, struct tally tally)
{
    print->tallies[0] = print->tallies[1] = print->tallies[2] = tally;
}

static uint32_t agreed(uint32_t one, uint32_t other, uint32_t third)
{
    return other == third ? third : one;
}

struct tally tally_of(const struct tally same[3])
{
    struct tally tally = {agreed(same[0].crc, same[1].crc, same[2].crc),
                          agreed(same[0].lines, same[1].lines, same[2].lines)};

    return tally;
}

struct tally print_tally(const struct print *print)
{
    return tally_of(print->tallies);
}

void print_string(struct print *print, const char *string)
{
    char *place = print->line + print->column;
    char *end = print->line + PRINT_ROOM;

    while (*string && place < end)
        *place++ = *string++;
    print->column = (uint32_t)(place - print->line);
}

static void put_blanks(struct print *print, uint32_t count)
{
    char *place = print->line + print->column;

    if (count > PRINT_ROOM - print->column)
        count = PRINT_ROOM - print->column;
    print->column += count;
    for (; count > 0; count--)
        *place++ = ' ';
}

static char printable(char character)
{
    return character >= FIRST_PRINTABLE && character <= LAST_PRINTABLE ? character : '?';
}

static void put_text(struct print *print, const char *next, uint32_t shown)
{
    char *place = print->line + print->column;

    if (shown > PRINT_ROOM - print->column)
        shown = PRINT_ROOM - print->column;
    print->column += shown;
    for (; shown > 0; shown--)
        *place++ = printable(*next++);
}

void print_text(struct print *print, struct text text, uint32_t room)
{
    bool cut = text.length > room;

    put_text(print, text.characters, !cut ? text.length : room > 2 ? room - 2 : 0);
    if (cut)
        print_string(print, "..");
}

void print_long_name(struct print *print, struct text name, uint32_t room)
{
    uint32_t ends = room > CUT ? room - CUT : 0;
    uint32_t last = ends - ends / 2;

    if (name.length <= room || last < 2) {
        print_text(print, name, room);
        return;
    }
    put_text(print, name.characters, ends / 2);
    print_string(print, "...");
    put_text(print, name.characters + name.length - last, last);
}

void print_words(struct print *print, const uint32_t *words, uint32_t count)
{
    char *place = print->line + print->column;

    if (print->column + count + 3 > PRINT_ROOM)
        return;
    print->column += count;
    for (uint32_t i = 0; i < count; i += 4, place += 4)
        __builtin_memcpy(place, words++, 4);
}

/* The two digits of each byte, the first one lower. */
#define DIGIT(value) ((value) < 10 ? '0' + (value) : 'a' + (value)-10)
#define PAIR(byte) (DIGIT((byte) / 16) | DIGIT((byte) % 16) << 8)
#define FOUR(byte) PAIR(byte), PAIR((byte) + 1), PAIR((byte) + 2), PAIR((byte) + 3)
#define SIXTEEN(byte) FOUR(byte), FOUR((byte) + 4), FOUR((byte) + 8), FOUR((byte) + 12)
#define SIXTY_FOUR(byte) SIXTEEN(byte), SIXTEEN((byte) + 16), SIXTEEN((byte) + 32), SIXTEEN((byte) + 48)

static const uint16_t pairs[256] = {SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192)};

static void put_pair(char *place, uint32_t value)
{
    __builtin_memcpy(place, &pairs[(uint8_t)value], sizeof pairs[0]);
}

static void put_eight(char *place, uint32_t value)
{
    put_pair(place, value >> 24);
    put_pair(place + 2, value >> 16);
    put_pair(place + 4, value >> 8);
    put_pair(place + 6, value);
}

/* The last so many digits. */
static void put_hex(struct print *print, uint32_t value, uint32_t digits)
{
    char *place = print->line + print->column + digits;

    if (digits > PRINT_ROOM - print->column)
        return;
    print->column += digits;
    for (; digits >= 2; digits -= 2, value >>= 8)
        put_pair(place -= 2, value);
    if (digits > 0)
        place[-1] = (char)DIGIT(value & 15);
}

static uint32_t hex_digits(uint32_t value)
{
    uint32_t digits = 1;

    while (value >>= 4)
        digits++;
    return digits;
}

void print_hex(struct print *print, uint32_t value)
{
    put_hex(print, value, hex_digits(value));
}

void print_hex8(struct print *print, uint32_t value)
{
    char *place = print->line + print->column;

    if (print->column + 8 > PRINT_ROOM)
        return;
    print->column += 8;
    put_eight(place, value);
}

void print_hex4(struct print *print, uint32_t value)
{
    put_hex(print, value, 4);
}

void print_hex_right(struct print *print, uint32_t value, uint32_t width)
{
    uint32_t digits = hex_digits(value);

    if (width > digits)
        put_blanks(print, width - digits);
    put_hex(print, value, digits);
}

void print_record(struct print *print, uint32_t bytes, uint32_t child_ebp, uint32_t return_address)
{
    char *place = print->line + print->column;
    char *digit = place;

    if (print->column + RECORD_COLUMNS > PRINT_ROOM)
        return;
    print->column += RECORD_COLUMNS;
    put_eight(place, bytes);
    while (*digit == '0' && digit < place + 7)
        *digit++ = ' ';
    place[8] = ' ';
    put_eight(place + 9, child_ebp);
    place[17] = ' ';
    put_eight(place + 18, return_address);
    place[26] = ' ';
}

void print_decimal_right(struct print *print, uint32_t value, uint32_t width)
{
    char digits[DECIMAL_DIGITS];
    uint32_t first = DECIMAL_DIGITS;

    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    if (width > DECIMAL_DIGITS - first)
        put_blanks(print, width - (DECIMAL_DIGITS - first));
    print_text(print, (struct text){digits + first, DECIMAL_DIGITS - first}, DECIMAL_DIGITS);
}

void print_decimal(struct print *print, uint32_t value)
{
    print_decimal_right(print, value, 1);
}

void print_to_column(struct print *print, uint32_t column)
{
    if (print->column < column && column <= PRINT_COLUMNS)
        put_blanks(print, column - print->column);
}

/* Ends the line behind its first columns. What stands behind them stays there. */
static void put_line(struct print *print, uint32_t columns)
{
    struct tally tally = print_tally(print);
    char *end;
    char kept[2];

    while (columns > 0 && print->line[columns - 1] == ' ')
        columns--;
    end = print->line + columns;
    kept[0] = end[0];
    kept[1] = end[1];
    end[0] = '\r';
    end[1] = '\n';
    tally.crc = crc_bytes(tally.crc, print->line, columns + 2);
    if (tally.lines < PRINT_SUMS)
        sum_of(print->line, columns, print->sums[tally.lines]);
    tally.lines++;
    print_go_on(print, tally);
    print->column = 0; /* before the line is out: a fault on the way must not bring it again */
    print->machine->write(print->machine, print->line, columns + 2);
    end[0] = kept[0];
    end[1] = kept[1];
}

void print_line_end(struct print *print)
{
    put_line(print, print->column < PRINT_COLUMNS ? print->column : PRINT_COLUMNS);
}

void print_wrap(struct print *print, uint32_t mark, uint32_t indent)
{
    uint32_t end = print->column < PRINT_ROOM ? print->column : PRINT_ROOM;

    if (end <= PRINT_COLUMNS)
        return;
    put_line(print, mark);
    print_to_column(print, indent);
    while (mark < end && print->line[mark] == ' ')
        mark++;
    while (mark < end)
        print->line[print->column++] = print->line[mark++];
}

uint32_t print_percent(uint32_t part, uint32_t whole)
{
    /* Halved until 100 times part fits: stacks are far below 2^25 bytes, where nothing is lost. */
    while (part > UINT32_MAX / 201 || whole > UINT32_MAX / 201) {
        part /= 2;
        whole /= 2;
    }
    return whole ? (200 * part + whole) / (2 * whole) : 0;
}

struct text print_c_string(const char *string)
{
    struct text text = {string, 0};

    while (string && text.length < C_STRING_LONGEST && string[text.length])
        text.length++;
    return text;
}
