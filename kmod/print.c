/* Lines of the report. */
#include "print.h"

#include "crc.h"

#define FIRST_PRINTABLE ' '
#define LAST_PRINTABLE '~'
#define C_STRING_LONGEST 64

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
    while (*string)
        put_column(print, *string++);
}

static char printable(char character)
{
    return character >= FIRST_PRINTABLE && character <= LAST_PRINTABLE ? character : '?';
}

void print_text(struct print *print, struct text text, uint32_t room)
{
    bool cut = text.length > room;
    uint32_t shown = !cut ? text.length : room > 2 ? room - 2 : 0;

    for (uint32_t i = 0; i < shown; i++)
        put_column(print, printable(text.characters[i]));
    if (cut)
        print_string(print, "..");
}

/* Writes the digits of value to the end of digits; returns how many there are. */
static uint32_t to_digits(uint32_t value, uint32_t radix, char digits[10])
{
    uint32_t count = 0;

    do {
        digits[9 - count++] = "0123456789abcdef"[value % radix];
        value /= radix;
    } while (value);
    return count;
}

static void put_number(struct print *print, uint32_t value, uint32_t radix, uint32_t width, char fill)
{
    char digits[10];
    uint32_t count = to_digits(value, radix, digits);

    for (uint32_t i = count; i < width; i++)
        put_column(print, fill);
    for (uint32_t i = 10 - count; i < 10; i++)
        put_column(print, digits[i]);
}

void print_hex(struct print *print, uint32_t value)
{
    put_number(print, value, 16, 0, '0');
}

void print_hex8(struct print *print, uint32_t value)
{
    put_number(print, value, 16, 8, '0');
}

void print_hex4(struct print *print, uint32_t value)
{
    put_number(print, value, 16, 4, '0');
}

void print_hex_right(struct print *print, uint32_t value, uint32_t width)
{
    put_number(print, value, 16, width, ' ');
}

void print_decimal(struct print *print, uint32_t value)
{
    put_number(print, value, 10, 0, ' ');
}

void print_decimal_right(struct print *print, uint32_t value, uint32_t width)
{
    put_number(print, value, 10, width, ' ');
}

void print_to_column(struct print *print, uint32_t column)
{
    while (print->column < column && column <= PRINT_COLUMNS)
        put_column(print, ' ');
}

static void put(struct print *print, char character)
{
    print->crc = crc_byte(print->crc, (uint8_t)character);
    print->machine->put(print->machine, character);
}

/* Ends the line behind its first columns. */
static void put_line(struct print *print, uint32_t columns)
{
    while (columns > 0 && print->line[columns - 1] == ' ')
        columns--;
    for (uint32_t i = 0; i < columns; i++)
        put(print, print->line[i]);
    put(print, '\r');
    put(print, '\n');
    print->lines++;
}

void print_line_end(struct print *print)
{
    put_line(print, print->column < PRINT_COLUMNS ? print->column : PRINT_COLUMNS);
    print->column = 0;
}

void print_wrap(struct print *print, uint32_t mark, uint32_t indent)
{
    uint32_t end = print->column;

    if (end <= PRINT_COLUMNS)
        return;
    put_line(print, mark);
    print->column = 0;
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
