/* Reports with one thing in them that is not true: each has to be noticed. */
#include "falsify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/host/allocate.h"

#define CHILD_COLUMN 16  /* the last digit of a row's ChildEBP, */
#define RETURN_COLUMN 25 /* and of its RetAddr */

/* In the first line that has near in it: instead takes the place of near; or another digit stands in the column; or, with
   neither, the line is not there. */
struct falsehood {
    const char *what, *near, *instead;
    size_t column;
};

/* Of the overflow's report. */
static const struct falsehood falsehoods[] = {
    {"another return address", "disk!disk_read+", 0, RETURN_COLUMN},
    {"another frame", "disk!disk_read+", 0, CHILD_COLUMN},
    {"another first frame", "victim!overflow+0x3", 0, CHILD_COLUMN},
    {"a row left out", "disk!send+", 0, 0},
    {"a row of another function", " disk!send+", " disk!disk_read+", 0},
    {"a row of another module", " disk!send+", " files!send+", 0},
    {"a row of another offset", "files!lookup+0x", "files!lookup+0x1", 0},
    {"a guess without a remark", "kernel!trap_14+", 0, RETURN_COLUMN},
    {"a stub's row as any other", "                  trap", "", 0},
    {"another user's function", "victim!program+0x", "victim!program+0x1", 0},
    {"one turn more", " times more: ", "1 times more: ", 0},
    {"a cycle's other end", ", to 0", ", to 1", 0},
    {"a culprit that was not running", "victim!overflow+0x", "victim!overflow+0x1", 0},
    {"another esp", " esp 0", " esp 1", 0},
    {"another cr2", ", cr2 0", ", cr2 1", 0},
    {"no double fault", "KERNEL STACK OVERFLOW", "DOUBLE FAULT GATE ENTERED, NO DOUBLE FAULT", 0},
    {"an entry from user mode", "KERNEL STACK OVERFLOW", "DOUBLE FAULT, NO ROOM AT ESP0", 0},
    {"no stack", "KERNEL STACK OVERFLOW", "DOUBLE FAULT, ESP ON NO STACK", 0},
    {"a hole in the stack", "KERNEL STACK OVERFLOW", "DOUBLE FAULT, STACK PAGE NOT PRESENT", 0},
    {"a stack that nobody registered", "  stack:   limit 0", "  stack:   limit 1", 0},
    {"another register", "eax ", 0, 11},
    {"a gate that is good", "  stack:   limit", "           IDT entry 14 (#PF) is empty\n  stack:   limit", 0},
    {"a word that is another", "  stack:   limit", "           the ebp that x saved at 00100000 is 12345678\n  stack:   limit", 0},
};

/* The line that has at in it. */
static char *line_of(char *text, char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

static bool falsify(char *text, const struct falsehood *falsehood)
{
    char *rows = strstr(text, "  Memory ChildEBP");
    char *from = falsehood->near[0] == 'v' || falsehood->near[0] == ' ' ? text : rows;
    char *at = rows ? strstr(falsehood->column == CHILD_COLUMN ? rows : from, falsehood->near) : 0;
    size_t length = strlen(falsehood->near);

    if (!at && !(at = strstr(text, falsehood->near)))
        return false;
    if (falsehood->instead) {
        memmove(at + strlen(falsehood->instead), at + length, strlen(at + length) + 1);
        memcpy(at, falsehood->instead, strlen(falsehood->instead));
    } else if (falsehood->column) {
        char *digit = line_of(text, at) + falsehood->column;

        *digit = *digit == '0' ? '4' : '0';
    } else {
        char *line = line_of(text, at);
        char *end = strchr(line, '\n') + 1;

        memmove(line, end, strlen(end) + 1);
    }
    return true;
}

/* One byte of memory before the crash is changed, and with begun the module has begun. */
static bool seems_lost(const struct site *site, const uint8_t *ready, uint32_t address, bool begun)
{
    uint8_t *memory = allocate(0, MEMORY_JUDGED, 1);
    bool lost;

    memcpy(memory, ready, MEMORY_JUDGED);
    memory[address] ^= 1;
    memory[site->task.start] ^= begun;
    lost = site_is_lost(site, memory, ready);
    free(memory);
    return lost;
}

static unsigned falsify_site(const struct site *site, const uint8_t *ready)
{
    const struct {
        const char *what;
        uint32_t address;
        bool begun, lost;
    } cases[] = {
        {"the gate", site->gate.start, false, true},
        {"the GDT entry", site->entry.end - 1, false, true},
        {"the TSS", site->task.end - 1, false, true},
        {"the segments", site->segments.start, false, true},
        {"the module's text", site->text.end - 1, false, true},
        {"the page of the gate, not present", site->directory + site->gate.start / DIRECTORY_SPAN * 4, false, true},
        {"something else", site->host_task + TSS_EAX, false, false},
        {"the gate, behind the double fault", site->gate.start, true, false},
    };
    unsigned missed = 0;

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (seems_lost(site, ready, cases[i].address, cases[i].begun) == cases[i].lost)
            continue;
        printf("%s: what leads to the module is taken for %s\n", cases[i].what, cases[i].lost ? "whole" : "lost");
        missed++;
    }
    return missed;
}

unsigned falsify_all(const struct site *site, const struct course *course, const uint8_t *ready)
{
    struct evidence evidence = {site, course, {course->memory, course->memory}, true};
    unsigned missed = falsify_site(site, ready);
    char reason[200];

    if (truth_find_lie(&evidence, course->log, reason)) {
        printf("the truth is taken for a lie: %s\n", reason);
        missed++;
    }
    for (unsigned i = 0; i < sizeof falsehoods / sizeof falsehoods[0]; i++) {
        char *text = allocate(0, strlen(course->log) + 200, 1);

        strcpy(text, course->log);
        if (!falsify(text, &falsehoods[i])) {
            printf("%s: there is no \"%s\" in the report\n", falsehoods[i].what, falsehoods[i].near);
            missed++;
        } else if (!truth_find_lie(&evidence, text, reason)) {
            printf("%s is not noticed\n", falsehoods[i].what);
            missed++;
        } else {
            printf("%s: %s\n", falsehoods[i].what, reason);
        }
        free(text);
    }
    printf("%u falsehoods, %u missed\n", (unsigned)(sizeof falsehoods / sizeof falsehoods[0]), missed);
    return missed;
}
