/* Do the rows contradict the memory as it is? Only those that are said to be right are looked at: without a remark,
   frameless ones, traps. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "truth.h"

#define REMARK_COLUMN 64
#define NAME_COLUMN 27
#define TRAP_FAR 0x100u /* bytes from a stub's callee's EBP up to the trap's frame, at most */
#define STACK_BOTTOM 128u

/* "  18 c0213018 c010a4c2 BossHog01!transfer+0x1d      remark" */
struct row {
    bool has_record;
    uint32_t child, return_address;
    char place[128];
    char remark[64];
};

static bool read_row(const char *line, struct row *row)
{
    const char *rest = line + NAME_COLUMN;

    *row = (struct row){0};
    if (strlen(line) <= NAME_COLUMN)
        return false;
    row->has_record = sscanf(line + 8, " %8" SCNx32 " %8" SCNx32, &row->child, &row->return_address) == 2 && line[9] != ' ';
    if (rest[0] == '(') {
        snprintf(row->place, sizeof row->place, "%.100s", rest);
        return true;
    }
    sscanf(rest, "%127s %63[^\n]", row->place, row->remark);
    return true;
}

static void know_nothing(struct reader *reader)
{
    reader->pc_known = reader->ebp_known = reader->first = false;
    reader->plain = 0;
}

static void go_on_behind(struct reader *reader, const struct row *row)
{
    reader->pc = row->return_address;
    reader->pc_known = true;
    reader->pc_exact = false;
    reader->child = row->child;
    reader->ebp_known = reader->first = false;
    reader->plain = 0;
}

/* The function that the place names, without its module; false: it names none. */
static bool function_of(const char *place, char function[128])
{
    const char *name = strchr(place, '!');

    return name && !strstr(name, "..") && sscanf(name + 1, "%127[^+]", function) == 1;
}

/* The running function's own frame is where EBP, or ESP, leads to. */
static bool begins_right(const struct evidence *evidence, uint32_t child)
{
    return evidence_saved_is(evidence, TSS_EBP, child) || evidence_saved_is(evidence, TSS_ESP, child) ||
           evidence_saved_is(evidence, TSS_ESP, child + 4);
}

/* A thread's first function need not have been called. */
static bool is_thread_start(const struct evidence *evidence, const struct row *row)
{
    return evidence->course->base - row->child <= STACK_BOTTOM;
}

/* A function's row: its record is there, a call of it left it, and it is the one that EBP led to, if that is known. */
static void check_frame(struct reader *reader, const struct row *row)
{
    const struct evidence *evidence = reader->evidence;
    bool chained = row->remark[0] == 0;
    unsigned plain = reader->plain;
    char function[128];

    if (!evidence_word_is(evidence, row->child + 4, row->return_address))
        truth_lie(reader, "the row %08" PRIx32 " %08" PRIx32 ": no such return address there", row->child, row->return_address);
    if (!is_thread_start(evidence, row) &&
        !evidence_called(evidence, row->return_address,
                         !reader->names_lost && function_of(row->place, function) ? function : 0))
        truth_lie(reader, "the row %08" PRIx32 " %08" PRIx32 ": no call of it ends there", row->child, row->return_address);
    if (chained && reader->ebp_known && row->child != reader->ebp)
        truth_lie(reader, "the row %08" PRIx32 ": ebp was %08" PRIx32, row->child, reader->ebp);
    if (chained && reader->first && !begins_right(evidence, row->child))
        truth_lie(reader, "the first row, %08" PRIx32 ": neither esp nor ebp was there", row->child);
    truth_check_name(reader, row->place, "the row");
    go_on_behind(reader, row);
    reader->ebp_known = chained && evidence_word(evidence, row->child, &reader->ebp);
    reader->plain = chained ? plain + 1 : 0;
}

/* A stub's row repeats its callee's ChildEBP; its RetAddr is the EIP of a trap's frame above. */
static void check_trap(struct reader *reader, const struct row *row)
{
    if (!evidence_trapped(reader->evidence, row->child + 4, row->child + TRAP_FAR, row->return_address))
        truth_lie(reader, "the row %08" PRIx32 " %08" PRIx32 ": no trap's frame is there", row->child, row->return_address);
    truth_check_name(reader, row->place, "the trap's row");
    go_on_behind(reader, row);
    reader->pc_exact = true;
}

static void check_row(struct reader *reader)
{
    struct row row;

    if (!read_row(reader->line, &row))
        know_nothing(reader);
    else if (row.has_record && (row.remark[0] == 0 || strcmp(row.remark, "frameless") == 0) && row.place[0] != '(')
        check_frame(reader, &row);
    else if (row.has_record && strcmp(row.remark, "trap") == 0)
        check_trap(reader, &row);
    else if (row.has_record && strcmp(row.remark, "user") == 0)
        truth_check_name(reader, row.place, "the user's row");
    else if (row.has_record)
        go_on_behind(reader, &row);
    else
        know_nothing(reader);
}

/* "... these 2 frames 95 times more: 40 a turn, 17c0 in all, to c0213018": EBP led there, row by row. */
static void check_cycle(struct reader *reader)
{
    const struct evidence *evidence = reader->evidence;
    unsigned rows = 1, turns, bytes, all;
    const char *at = strstr(reader->line, "... ") + 4;
    const char *times = strstr(at, " times more: ");
    const char *to = strstr(at, ", to ");
    uint32_t child = reader->child, last;

    if (!times || !to || (sscanf(at, "this frame %u", &turns) != 1 && sscanf(at, "these %u frames %u", &rows, &turns) != 2) ||
        sscanf(times, " times more: %x a turn, %x in all", &bytes, &all) != 2) {
        know_nothing(reader);
        return;
    }
    last = (uint32_t)strtoul(to + 5, 0, 16);
    if (all != turns * bytes)
        truth_lie(reader, "%u turns of %x are not %x", turns, bytes, all);
    if (reader->plain >= rows && evidence_certain(evidence)) { /* the turn that is shown has no remark */
        for (uint64_t step = 0; step < (uint64_t)rows * turns; step++)
            if (!evidence_word(evidence, child, &child))
                break;
        if (child != last)
            truth_lie(reader, "the cycle to %08" PRIx32 ": its frames lead to %08" PRIx32, last, child);
    }
    know_nothing(reader);
    reader->child = last;
    reader->pc_known = evidence_word(evidence, last + 4, &reader->pc);
    reader->pc_exact = false;
}

void rows_begin(struct reader *reader)
{
    know_nothing(reader);
    reader->in_rows = reader->first = true;
    reader->pc = memory_word32(reader->evidence->memory[1], reader->evidence->site->host_task + TSS_EIP);
    reader->pc_known = evidence_certain(reader->evidence);
    reader->pc_exact = true;
}

/* A remark stands in a line of its own where the row's name left no room for it. */
static void append_remark(struct reader *reader, const char *next)
{
    size_t length = strlen(reader->line);

    if (strspn(next, " ") == REMARK_COLUMN)
        snprintf(reader->line + length, LINE_LONGEST - length, " %.*s", (int)strcspn(next + REMARK_COLUMN, "\n"),
                 next + REMARK_COLUMN);
}

void rows_check(struct reader *reader, const char *next)
{
    const char *line = reader->line;
    size_t blanks = strspn(line, " ");

    if (line[0] == '*' || blanks == REMARK_COLUMN || reader->rows_lost)
        return;
    if (strncmp(line, "  on stack", 10) == 0) {
        know_nothing(reader);
        return;
    }
    if (strncmp(line + blanks, "... ", 4) == 0) {
        check_cycle(reader);
        return;
    }
    append_remark(reader, next);
    check_row(reader);
}
