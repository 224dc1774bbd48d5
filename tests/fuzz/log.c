/*
 * Target: ksg check, on a log of any bytes, and on a report of which bytes were changed, left out or put in. It ends, and
 * what it calls whole has the right count and CRC-32; an unchanged report is whole; and one that was changed within is
 * not.
 */
#include "../../kmod/host/verify.h"
#include "crc.h"
#include "fuzz.h"
#include "sum.h"

const char program_name[] = "log";

#define ROOM 8192

static char text[ROOM];
static size_t length;

static void write_line(struct machine *machine, const char *line, uint32_t count)
{
    (void)machine;
    if (length + count <= ROOM - FUZZ_LONGEST) {
        memcpy(text + length, line, count);
        length += count;
    }
}

/* Lines as a report's: a headline, some others, sums, the end line. */
static void write_report(uint32_t lines)
{
    static struct print print;
    struct machine machine = {.write = write_line};

    print_begin(&print, &machine);
    print_string(&print, "======== kstackguard 1.0: KERNEL STACK OVERFLOW ========");
    print_line_end(&print);
    for (uint32_t i = 0; i < lines; i++) {
        print_string(&print, "line ");
        print_decimal(&print, i * 7919);
        print_line_end(&print);
    }
    print_sums(&print);
    print_string(&print, "======== end of report: ");
    print_decimal(&print, print_tally(&print).lines);
    print_string(&print, " lines, crc ");
    print_hex8(&print, print_tally(&print).crc);
    print_string(&print, "; used 0 of 0 ========");
    print_own_sum(&print);
    print_line_end(&print);
}

/* What is called whole is: its lines, joined as they were sent, have the end line's CRC-32. */
static void check_whole(const struct report_check *check)
{
    const struct report_line *last = &check->lines[check->count - 1];
    struct end_line end;
    uint32_t crc = 0;

    hold(log_end_line(&last->line, &end) && end.lines == check->count - 1, "a whole report has its end line");
    for (uint32_t i = 0; i < check->count; i++) {
        const struct report_line *line = &check->lines[i];

        hold(line->state == LINE_WHOLE && line->at != NO_LINE, "and all lines of it");
        if (i + 1 == check->count)
            break;
        crc = crc_bytes(crc, line->line.text, line->line.length);
        crc = crc_bytes(crc, "\r\n", 2);
    }
    hold(crc == end.crc, "and its CRC-32 is right");
}

/* How many reports there are, and how many of them whole. */
static unsigned check_log(const char *bytes, size_t size, unsigned *whole)
{
    struct report_check check;
    struct log log;
    size_t from = 0;
    unsigned reports = 0;

    *whole = 0;
    log_read(&log, bytes, size);
    while (verify_next(&log, from, &check)) {
        hold(check.first >= from && check.last >= check.first && check.last < log.count, "a report is where its log is");
        hold(check.count > 0, "it has a line");
        if (check.whole) {
            check_whole(&check);
            (*whole)++;
        }
        from = check.last + 1;
        reports++;
        verify_free(&check);
    }
    log_free(&log);
    return reports;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    uint32_t how = take_byte(&input);
    unsigned reports, whole;
    char *log;

    length = 0;
    if (how & 1) {
        write_report(how >> 1);
        reports = check_log(text, length, &whole);
        hold(reports == 1 && whole == 1, "a report is whole");
        while (input.left > 0) {
            size_t place = take_half(&input) % length;
            uint32_t count = take_byte(&input);

            switch (count >> 6) {
            case 0: /* one byte is another */
                text[place] = (char)take_byte(&input);
                break;
            case 1: /* some are lost */
                count = 1 + count % 64;
                if (count >= length - place)
                    continue;
                memmove(text + place, text + place + count, length - place - count);
                length -= count;
                break;
            case 2: /* something stands between */
                count %= 64;
                if (count > input.left || length + count > ROOM)
                    continue;
                memmove(text + place + count, text + place, length - place);
                memcpy(text + place, input.next, count);
                input.next += count;
                input.left -= count;
                length += count;
                break;
            default: /* it begins again */
                if (length + length - place > ROOM)
                    continue;
                memcpy(text + length, text + place, length - place);
                length += length - place;
            }
        }
    } else {
        memcpy(text, input.next, input.left);
        length = input.left;
    }
    log = malloc(length + !length); /* of just its size */
    memcpy(log, text, length);
    check_log(log, length, &whole);
    free(log);
    return 0;
}
