/* Lines of the report. */
#include "print.h"

#include "crc.h"
#include "sum.h"

#define FIRST_PRINTABLE ' '
#define LAST_PRINTABLE '~'
#define C_STRING_LONGEST 64
#define DECIMAL_DIGITS 10 /* that a number can have */

void print_begin(struct print *print, struct machine *machine)
{
    print->machine = machine;
    print->crc = 0;
    print->lines = 0;
    print->column = 0;
}

static void put_column(struct print *print, char character)
{
    if (print->column < PRINT_ROOM)
        print->line[print->column++] = character;
}

void print_string(struct print *print, const char *string)
{
    uint32_t column = print->column;

    while (*string && column < PRINT_ROOM)
        print->line[column++] = *string++;
    print->column = column;
}

static char printable(char character)
{
    return character >= FIRST_PRINTABLE && character <= LAST_PRINTABLE ? character : '?';
}

void print_text(struct print *print, struct text text, uint32_t room)
{
    bool cut = text.length > room;
    uint32_t shown = !cut ? text.length : room > 2 ? room - 2 : 0;
    const char *next = text.characters;
    uint32_t column = print->column;

    for (; shown > 0 && column < PRINT_ROOM; shown--)
        print->line[column++] = printable(*next++);
    print->column = column;
    if (cut)
        print_string(print, "..");
}

/* The last so many digits. */
static void put_hex(struct print *print, uint32_t value, uint32_t digits)
{
    char *place = print->line + print->column + digits;

    if (digits > PRINT_ROOM - print->column)
        return;
    print->column += digits;
    for (; digits > 0; digits--, value >>= 4)
        *--place = "0123456789abcdef"[value & 15];
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
    put_hex(print, value, 8);
}

void print_hex4(struct print *print, uint32_t value)
{
    put_hex(print, value, 4);
}

void print_hex_right(struct print *print, uint32_t value, uint32_t width)
{
    uint32_t digits = hex_digits(value);

    for (; width > digits; width--)
        put_column(print, ' ');
    put_hex(print, value, digits);
}

void print_decimal_right(struct print *print, uint32_t value, uint32_t width)
{
    char digits[DECIMAL_DIGITS];
    uint32_t first = DECIMAL_DIGITS;

    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (; width > DECIMAL_DIGITS - first; width--)
        put_column(print, ' ');
    while (first < DECIMAL_DIGITS)
        put_column(print, digits[first++]);
}

void print_decimal(struct print *print, uint32_t value)
{
    print_decimal_right(print, value, 1);
}

void print_to_column(struct print *print, uint32_t column)
{
    while (print->column < column && column <= PRINT_COLUMNS)
        put_column(print, ' ');
}

/* Ends the line behind its first columns. What stands behind them stays there. */
static void put_line(struct print *print, uint32_t columns)
{
    char *end;
    char kept[2];

    while (columns > 0 && print->line[columns - 1] == ' ')
        columns--;
    end = print->line + columns;
    kept[0] = end[0];
    kept[1] = end[1];
    end[0] = '\r';
    end[1] = '\n';
    print->crc = crc_bytes(print->crc, print->line, columns + 2);
    if (print->lines < PRINT_SUMS)
        sum_of(print->line, columns, print->sums[print->lines]);
    print->lines++;
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
    uint32_t end = print->column;

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
    while (part > UINT32_MAX / 200 || whole > UINT32_MAX / 200) {
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
