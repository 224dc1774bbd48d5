/* Damage to a report in a log is found, and costs no line but the one that it is in (kmod/sum.c, kmod/host/log.c, verify.c). */
#include <stdlib.h>
#include <string.h>

#include "../../kmod/host/fail.h"
#include "../../kmod/host/verify.h"
#include "sum.h"
#include "tap.h"

const char program_name[] = "log";

#define ROOM 100000

static char report[ROOM];
static size_t report_size;
static size_t ends[1000]; /* behind each line */
static uint32_t line_count;

static void write_line(struct machine *machine, const char *text, uint32_t count)
{
    (void)machine;
    memcpy(report + report_size, text, count);
    report_size += count;
    ends[line_count++] = report_size;
}

/* Lines as a report has them, blank ones and equal ones among them, so many that there are several lines of sums. */
static void write_report(uint32_t rows)
{
    static struct machine machine = {.write = write_line};
    static struct print print;
    uint32_t crc;

    report_size = line_count = 0;
    print_begin(&print, &machine);
    print_string(&print, "======== kstackguard 1.0: TEST ========");
    print_line_end(&print);
    for (uint32_t i = 0; i < rows; i++) {
        print_hex_right(&print, 0x18 + i % 3, 8);
        print_string(&print, " ");
        print_hex8(&print, 0xc0213000 + i / 2 * 0x18);
        print_string(&print, i % 4 == 3 ? " 00000000 nt!parse+0x1a" : " c0104471 Ntfs!read+0x30");
        print_line_end(&print);
        if (i % 5 == 4)
            print_line_end(&print);
    }
    print_sums(&print);
    crc = print_tally(&print).crc;
    print_string(&print, "======== end of report: ");
    print_decimal(&print, print_tally(&print).lines);
    print_string(&print, " lines, crc ");
    print_hex8(&print, crc);
    print_string(&print, "; used 3a8 of 1000 ========");
    print_own_sum(&print);
    print_line_end(&print);
}

static uint32_t line_of(size_t byte)
{
    uint32_t line = 0;

    while (ends[line] <= byte)
        line++;
    return line;
}

/* What is said of a log. */
struct said {
    uint32_t reports;
    bool whole;       /* the first report is, */
    uint32_t count;   /* and has so many lines, */
    uint32_t bad;     /* so many of which are not whole, */
    uint32_t bad_one; /* this one, from 0, among them */
};

static struct said check(const char *bytes, size_t size)
{
    struct said said = {0, false, 0, 0, 0};
    struct report_check check;
    struct log log;
    size_t from = 0;

    log_read(&log, bytes, size);
    while (verify_next(&log, from, &check)) {
        for (uint32_t i = 0; i < check.count && said.reports == 0; i++)
            if (check.lines[i].state != LINE_WHOLE && check.lines[i].state != LINE_UNCHECKED) {
                said.bad++;
                said.bad_one = i;
            }
        if (said.reports++ == 0) {
            said.whole = check.whole;
            said.count = check.count;
        }
        from = check.last + 1;
        verify_free(&check);
    }
    log_free(&log);
    return said;
}

/* Only that line is blamed. */
static bool costs_one(const char *bytes, size_t size, uint32_t line)
{
    struct said said = check(bytes, size);
    bool right = said.reports == 1 && !said.whole && said.count == line_count && said.bad == 1 && said.bad_one == line;

    if (!right)
        printf("# line %u: %u reports, whole %d, %u of %u lines bad, one of them is %u\n", line, said.reports, said.whole,
               said.bad, said.count, said.bad_one);
    return right;
}

static void flip_each(void)
{
    static const char instead[] = {'\n', '\r', '\0', '\xff', '=', ' ', 's'};
    char copy[ROOM];
    uint32_t wrong = 0, tried = 0;

    for (size_t i = 0; i < report_size; i++)
        for (unsigned n = 0; n < 8 + sizeof instead; n++) {
            memcpy(copy, report, report_size);
            copy[i] = n < 8 ? (char)(copy[i] ^ 1 << n) : instead[n - 8];
            if (copy[i] == report[i])
                continue;
            tried++;
            wrong += !costs_one(copy, report_size, line_of(i)) && wrong < 10;
        }
    ok(wrong == 0, "each byte changed, in %u ways in all: found, and the other lines stand", tried);
}

static void lose_each(void)
{
    char copy[ROOM];
    uint32_t wrong = 0;

    for (size_t i = 0; i + 1 < report_size; i++) {
        memcpy(copy, report, i);
        memcpy(copy + i, report + i + 1, report_size - i - 1);
        wrong += !costs_one(copy, report_size - 1, line_of(i)) && wrong < 10;
    }
    ok(wrong == 0, "each of %zu bytes lost: found, and the other lines stand", report_size);
}

static void lose_lines(void)
{
    char copy[ROOM];
    uint32_t wrong = 0;

    for (uint32_t line = 0; line < line_count; line++) {
        size_t start = line ? ends[line - 1] : 0;

        memcpy(copy, report, start);
        memcpy(copy + start, report + ends[line], report_size - ends[line]);
        wrong += !costs_one(copy, report_size - (ends[line] - start), line) && wrong < 10;
    }
    ok(wrong == 0, "each of %u lines lost: found, and the others stand", line_count);
}

static void cut(void)
{
    uint32_t wrong = 0;

    for (size_t size = 1; size + 3 < report_size; size++) {
        struct said said = check(report, size);

        wrong += said.whole || said.reports > 1;
    }
    ok(wrong == 0, "a log that ends within the report, after each byte: never whole");
}

/* Several damages blame no more than their lines. */
static void damage_many(void)
{
    char copy[ROOM];
    uint32_t wrong = 0, state = 1;

    for (uint32_t trial = 0; trial < 3000; trial++) {
        bool hit[1000] = {false};
        uint32_t hits = 0;
        struct said said;

        memcpy(copy, report, report_size);
        for (uint32_t n = 2 + trial % 8; n > 0; n--) {
            size_t at;

            state = state * 1664525 + 1013904223;
            at = (state >> 8) % report_size;
            copy[at] = (char)(copy[at] ^ 1 << (state >> 4) % 8);
            hits += !hit[line_of(at)];
            hit[line_of(at)] = true;
        }
        said = check(copy, report_size);
        wrong += said.reports != 1 || said.whole || (said.bad > hits && said.bad < 32);
    }
    ok(wrong == 0, "several bytes changed, 3000 times: found, and no more lines are blamed than were hit");
}

static void place(void)
{
    char log[3 * ROOM];
    size_t size = 0, half = ends[line_count / 2];
    struct said said;

    memcpy(log, "booting\r\n\r\nsums of nothing\r\nok ", 32);
    size = 32 - 1;
    memcpy(log + size, report, half);
    size += half;
    memcpy(log + size, "[CPU 1] still here\r\n\r\n", 22);
    size += 22;
    memcpy(log + size, report + half, report_size - half);
    size += report_size - half;
    memcpy(log + size, "bye\n", 4);
    size += 4;
    said = check(log, size);
    ok(said.reports == 1 && said.whole, "output before, between and after a report's lines does it no harm");

    memcpy(log + size, report, report_size);
    said = check(log, size + report_size);
    ok(said.reports == 2 && said.whole, "two reports");

    memcpy(log, report, half);
    memcpy(log + half, report, report_size);
    said = check(log, half + report_size);
    ok(said.reports == 2 && !said.whole && said.count == 1, "one that is cut off, and another behind it");

    size = 0;
    for (size_t i = 0; i < report_size; i++)
        if (report[i] != '\r')
            log[size++] = report[i];
    said = check(log, size);
    ok(said.reports == 1 && said.whole, "a log that was converted to LF");

    ok(check("", 0).reports == 0 && check("booting\n", 8).reports == 0, "no report");
}

int main(void)
{
    write_report(100);
    ok(check(report, report_size).whole, "a report of %u lines, with more than one line of sums, is whole", line_count);
    place();
    lose_lines();
    cut();
    damage_many();
    write_report(30);
    flip_each();
    lose_each();

    write_report(500);
    ok(check(report, report_size).whole, "a report of %u lines, more than have sums, is whole", line_count);
    report[ends[line_count / 2] - 5] ^= 4;
    ok(costs_one(report, report_size, line_count / 2), "and a line among those with sums is found");
    report[ends[line_count / 2] - 5] ^= 4;
    report[ends[580] - 5] ^= 4;
    ok(!check(report, report_size).whole, "of the others it is found that one is damaged");
    return tap_end();
}
