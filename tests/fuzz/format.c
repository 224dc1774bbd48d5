/*
 * Target: lines. Whatever is printed in whatever order, each line that goes out has 80 columns of printable ASCII at
 * most, no blank at its end, and CR LF; the CRC-32 and the count are those of the lines that went out; and so are the
 * sums, which ksg check takes apart again.
 */
#include "../../kmod/host/log.h"
#include "crc.h"
#include "fuzz.h"
#include "sum.h"

#define LINES_MOST 2000

static struct print print;
static struct machine machine;
static uint32_t lines, crc;
static uint32_t sums[LINES_MOST];

static void write_line(struct machine *unused, const char *text, uint32_t count)
{
    (void)unused;
    hold(count >= 2 && text[count - 2] == '\r' && text[count - 1] == '\n', "a line ends in CR LF");
    hold(count <= PRINT_COLUMNS + 2, "a line has 80 columns at most");
    for (uint32_t i = 0; i < count - 2; i++)
        hold(text[i] >= ' ' && text[i] <= '~', "a line is printable");
    hold(count == 2 || text[count - 3] != ' ', "a line does not end in a blank");
    crc = crc_bytes(crc, text, count);
    hold(lines < LINES_MOST, "there are not more lines than were ended");
    sums[lines++] = log_sum(text, count - 2);
}

/* Text of any bytes, of the input. */
static struct text take_text(struct input *input)
{
    size_t length = take_byte(input);
    struct text text = {(const char *)input->next, 0};

    text.length = (uint32_t)(length < input->left ? length : input->left);
    input->next += text.length;
    input->left -= text.length;
    return text;
}

static void print_one(struct input *input)
{
    static const char *const strings[] = {"", " ", "stack \"", "0123456789", "  certain: ", "a word, and more of them"};
    uint32_t column = print.column;
    struct text text;

    switch (take_byte(input) % 14) {
    case 0:
        print_string(&print, strings[take_byte(input) % 6]);
        break;
    case 1:
        text = take_text(input);
        print_text(&print, text, take_byte(input));
        break;
    case 2:
        print_hex(&print, take_word(input));
        break;
    case 3:
        print_hex8(&print, take_word(input));
        break;
    case 4:
        print_hex4(&print, take_word(input));
        break;
    case 5:
        print_hex_right(&print, take_half(input), take_byte(input));
        break;
    case 6:
        print_decimal(&print, take_word(input));
        break;
    case 7:
        print_decimal_right(&print, take_half(input), take_byte(input));
        break;
    case 8:
        print_to_column(&print, take_byte(input));
        break;
    case 9: /* as its callers have it: a mark within the columns */
        print_string(&print, strings[take_byte(input) % 6]);
        print_wrap(&print, column < PRINT_COLUMNS ? column : PRINT_COLUMNS, take_byte(input) % 40);
        break;
    case 10:
        print_own_sum(&print);
        break;
    default:
        print_line_end(&print);
        break;
    }
    hold(print.column <= PRINT_ROOM, "no line has more than there is room");
}

/* Lines of sums: each is told by its form, and has those of the lines before. */
static void write_sums(struct machine *unused, const char *text, uint32_t count)
{
    struct line line = {text, count - 2, 1, END_CR_LF};
    struct sums_line of;

    (void)unused;
    hold(log_sums_line(&line, &of), "a line of sums is one");
    for (uint32_t i = 0; i < of.count; i++)
        hold(of.first + i <= lines && of.sums[i] == sums[of.first + i - 1], "the sums are those of the lines");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    uint32_t percent;

    machine.write = write_line;
    lines = crc = 0;
    print_begin(&print, &machine);
    while (input.left > 0)
        print_one(&input);
    print_line_end(&print);
    hold(print_tally(&print).lines == lines && print_tally(&print).crc == crc, "count and CRC-32 are those of the lines that went out");
    machine.write = write_sums;
    print_sums(&print);

    input = (struct input){data, size};
    for (unsigned i = 0; i < 4; i++) {
        uint32_t part = take_word(&input);
        uint32_t whole = take_word(&input);

        percent = print_percent(part, whole);
        hold(part > whole || percent <= 100, "a part has 100 percent at most");
        hold(whole == 0 || part != whole || percent == 100, "and the whole has them");
    }
    return 0;
}
