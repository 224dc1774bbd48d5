/* Lines of the report: what fits, what is cut, what is counted. */
#include "print.h"

#include <string.h>

#include "crc.h"
#include "tap.h"

static char written[4096];
static uint32_t written_count;

static void take(struct machine *machine, const char *text, uint32_t count)
{
    (void)machine;
    memcpy(written + written_count, text, count);
    written_count += count;
}

static struct machine machine = {.write = take};
static struct print print;

static void begin(void)
{
    written_count = 0;
    print_begin(&print, &machine);
}

/* Ends the line, and compares all that was written. */
static void expect(const char *name, const char *expected)
{
    uint32_t length = (uint32_t)strlen(expected);

    print_line_end(&print);
    if (!ok(written_count == length && memcmp(written, expected, length) == 0, "%s", name))
        printf("# written: `%.*s`\n", (int)written_count, written);
}

static void test_numbers(void)
{
    begin();
    print_hex(&print, 0);
    print_string(&print, " ");
    print_hex(&print, 0x2c4);
    print_string(&print, " ");
    print_hex(&print, 0xfffffff0);
    expect("hexadecimal", "0 2c4 fffffff0\r\n");

    begin();
    print_hex8(&print, 0x1f);
    print_string(&print, " ");
    print_hex4(&print, 8);
    print_string(&print, "|");
    print_hex_right(&print, 0x2c4, 8);
    print_hex_right(&print, 0x12345, 2);
    expect("with so many digits, and to the right", "0000001f 0008|     2c412345\r\n");

    begin();
    print_decimal(&print, 0);
    print_string(&print, " ");
    print_decimal(&print, 4294967295u);
    print_string(&print, "|");
    print_decimal_right(&print, 46, 5);
    print_decimal_right(&print, 123456, 3);
    expect("decimal", "0 4294967295|   46123456\r\n");
}

static void test_text(void)
{
    static const char unclean[] = {'a', '\n', 0x1b, '[', '\x80', 0, '~'};
    static const char endless[100] = "0123456789012345678901234567890123456789012345678901234567890123456789";

    begin();
    print_text(&print, (struct text){unclean, sizeof unclean}, 20);
    expect("a name that is not printable cannot fake a line", "a??[??~\r\n");

    begin();
    print_text(&print, (struct text){"MamaHog", 7}, 7);
    print_string(&print, "|");
    print_text(&print, (struct text){"MamaHog", 7}, 6);
    print_string(&print, "|");
    print_text(&print, (struct text){"MamaHog", 7}, 1);
    expect("what is longer than its room ends in dots", "MamaHog|Mama..|..\r\n");

    begin();
    for (uint32_t room = 7; room >= 3; room--) {
        print_long_name(&print, (struct text){"Ext2::fs", room == 7 ? 7 : 8}, room);
        print_string(&print, "|");
    }
    print_long_name(&print, (struct text){"kernel::fs::Ext2::read_inode", 28}, 20);
    expect("a name that is longer keeps both its ends", "Ext2::f|E...fs|Ext..|Ex..|E..|kernel::...ead_inode\r\n");

    ok(print_c_string(endless).length == 64 && print_c_string("nt").length == 2 && print_c_string(0).length == 0,
       "a C string may be none, or have no end");
}

static void test_columns(void)
{
    begin();
    print_string(&print, "ab");
    print_to_column(&print, 5);
    print_string(&print, "c");
    print_to_column(&print, 3);
    print_string(&print, "d");
    expect("blanks up to a column", "ab   cd\r\n");

    begin();
    for (unsigned i = 0; i < 50; i++)
        print_string(&print, "1234567890");
    print_line_end(&print);
    ok(written_count == PRINT_COLUMNS + 2 && memcmp(written + PRINT_COLUMNS, "\r\n", 2) == 0,
       "no line is longer than 80 columns");

    begin();
    print_string(&print, "next");
    expect("and the one after it starts afresh", "next\r\n");
}

static void test_counting(void)
{
    begin();
    print_string(&print, "one");
    print_line_end(&print);
    print_line_end(&print);
    print_string(&print, "three");
    print_line_end(&print);
    ok(print_tally(&print).lines == 3, "lines are counted");
    ok(print_tally(&print).crc == crc_bytes(0, "one\r\n\r\nthree\r\n", 14), "and their CRC-32 is that of what was written");
}

/* What has no room in the line is left out as a whole. */
static void test_no_room(void)
{
    static const uint32_t words[] = {0x64636261, 0x68676665};
    uint32_t column;

    begin();
    while (print.column < PRINT_ROOM - RECORD_COLUMNS)
        print_string(&print, "-");
    print_record(&print, 0x10, 0xc0203ff8, 0xc0100123);
    ok(print.column == PRINT_ROOM, "a row to the last column");
    print.column = column = PRINT_ROOM - RECORD_COLUMNS + 1;
    print_record(&print, 0x10, 0xc0203ff8, 0xc0100123);
    ok(print.column == column, "but not beyond");
    print_words(&print, words, 8);
    ok(print.column == column + 8 && memcmp(print.line + column, "abcdefgh", 8) == 0, "words that have room");
    print.column = column = PRINT_ROOM - 8;
    print_words(&print, words, 8);
    ok(print.column == column, "and such that have none");
}

static void test_percent(void)
{
    static const struct {
        uint32_t part, whole, percent;
    } cases[] = {
        {0, 0, 0},
        {21474836, 21474836, 100},
        {0, 100, 0},
        {1, 200, 1},
        {1, 201, 0},
        {1, 3, 33},
        {2, 3, 67},
        {100, 100, 100},
        {0xb90, 0x2f14, 25},
        {1, 8, 13},
        {0x80000000, 0xffffffff, 50},
        {0xffffffff, 0xffffffff, 100},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ok(print_percent(cases[i].part, cases[i].whole) == cases[i].percent, "%u of %u is %u %%", cases[i].part,
           cases[i].whole, cases[i].percent);
}

int main(void)
{
    test_numbers();
    test_text();
    test_columns();
    test_counting();
    test_no_room();
    test_percent();
    return tap_end();
}
