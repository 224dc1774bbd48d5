/* Does a report say anything that contradicts the memory as it is? Only what it says without reserve is looked at: rows
   without a remark, frameless ones, and what the verdict states as a fact. */
#include "truth.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_LONGEST 200
#define REMARK_COLUMN 64
#define PAGE_PRESENT 1u
#define PAGE_FRAME 0xfffff000u
#define TSS_EIP 32
#define TSS_EAX 40
#define TSS_ESP 56
#define PUSHED_MOST 24 /* bytes, by an exception */

/* --- memory --- */

enum reading { READ, NOT_PRESENT, NOT_KNOWN /* outside the memory: whatever is there */ };

static enum reading read_word(const struct evidence *evidence, const uint8_t *memory, uint32_t address, uint32_t *word)
{
    uint8_t bytes[4];

    for (unsigned i = 0; i < 4; i++) {
        uint32_t at = address + i;
        uint32_t table = memory_word32(memory, evidence->site->directory + (at >> 22) * 4);
        uint32_t entry;

        if (!(table & PAGE_PRESENT))
            return NOT_PRESENT;
        if ((table & PAGE_FRAME) >= MEMORY_JUDGED)
            return NOT_KNOWN;
        entry = memory_word32(memory, (table & PAGE_FRAME) + (at >> 12 & 0x3ff) * 4);
        if (!(entry & PAGE_PRESENT))
            return NOT_PRESENT;
        if ((entry & PAGE_FRAME) >= MEMORY_JUDGED)
            return NOT_KNOWN;
        bytes[i] = memory[(entry & PAGE_FRAME) + (at & ~PAGE_FRAME)];
    }
    memcpy(word, bytes, 4);
    return READ;
}

/* Might the word have been read there? */
static bool word_is(const struct evidence *evidence, uint32_t address, uint32_t value)
{
    for (unsigned i = 0; i < 2; i++) {
        uint32_t word;
        enum reading reading = read_word(evidence, evidence->memory[i], address, &word);

        if (reading == NOT_KNOWN || (reading == READ && word == value))
            return true;
    }
    return false;
}

/* The word, if there is no doubt about it. */
static bool word_at(const struct evidence *evidence, uint32_t address, uint32_t *word)
{
    return evidence->memory[0] == evidence->memory[1] && read_word(evidence, evidence->memory[1], address, word) == READ;
}

static bool unreadable(const struct evidence *evidence, uint32_t address)
{
    uint32_t word;

    return read_word(evidence, evidence->memory[0], address & ~3u, &word) != READ ||
           read_word(evidence, evidence->memory[1], address & ~3u, &word) != READ;
}

/* A register as the CPU saved it. */
static bool saved_is(const struct evidence *evidence, uint32_t field, uint32_t value)
{
    uint32_t at = evidence->site->host_task + field;

    return memory_word32(evidence->memory[0], at) == value || memory_word32(evidence->memory[1], at) == value;
}

/* --- the report --- */

struct reader {
    const struct evidence *evidence;
    char *reason;
    bool lies;
    char line[LINE_LONGEST];
    uint32_t pc;       /* that the next row is named after */
    bool pc_known;
    uint32_t ebp;      /* as it was there */
    bool ebp_known;
    bool lost;         /* the report names a loss, */
    bool names_lost;   /* of the symbols, */
    bool rows_lost;    /* of the rows */
};

__attribute__((format(printf, 2, 3))) static void lie(struct reader *reader, const char *format, ...)
{
    va_list arguments;

    if (reader->lies)
        return;
    reader->lies = true;
    va_start(arguments, format);
    vsnprintf(reader->reason, 200, format, arguments);
    va_end(arguments);
}

/* "module!function+0x31": is pc there? What has no function's name is not looked at, but for bare addresses. */
static bool names(const struct elf *elf, const char *place, uint32_t pc)
{
    char name[128];
    unsigned offset;
    const char *function = strchr(place, '!');

    if (place[0] == '0' && place[1] == 'x')
        return strtoul(place, 0, 16) == pc;
    if (strstr(place, ".."))
        return true; /* cut off */
    if (!function || sscanf(function + 1, "%127[^+]+0x%x", name, &offset) != 2)
        return true;
    for (unsigned i = 0; i < elf->symbol_count; i++)
        if (elf->symbols[i].address + offset == pc && strcmp(elf->symbols[i].name, name) == 0)
            return true;
    return false;
}

static void check_name(struct reader *reader, const char *place, const char *what)
{
    if (reader->pc_known && !reader->names_lost && !names(&reader->evidence->site->elf, place, reader->pc))
        lie(reader, "%s %.60s is not where %08" PRIx32 " is", what, place, reader->pc);
}

/* "  18 c0213018 c010a4c2 BossHog01!transfer+0x1d      remark" */
struct row {
    bool has_record, certain;
    uint32_t child, return_address;
    char place[128];
    char remark[64];
};

static bool read_row(const char *line, struct row *row)
{
    const char *rest = line + 27;

    *row = (struct row){0};
    if (strlen(line) < 28)
        return false;
    row->has_record = sscanf(line + 8, " %8" SCNx32 " %8" SCNx32, &row->child, &row->return_address) == 2 && line[9] != ' ';
    if (rest[0] == '(') {
        snprintf(row->place, sizeof row->place, "%.100s", rest);
        return true;
    }
    sscanf(rest, "%127s %63[^\n]", row->place, row->remark);
    return true;
}

static void pass_over(struct reader *reader, const struct row *row)
{
    reader->pc = row->return_address;
    reader->pc_known = row->has_record;
    reader->ebp_known = false;
}

/* An unmarked row: its record is there, and is the one that EBP led to, if that is known. */
static void check_row(struct reader *reader, const struct row *row)
{
    const struct evidence *evidence = reader->evidence;

    if (!word_is(evidence, row->child + 4, row->return_address))
        lie(reader, "the row %08" PRIx32 " %08" PRIx32 ": no such return address there", row->child, row->return_address);
    if (row->remark[0] == 0 && reader->ebp_known && row->child != reader->ebp)
        lie(reader, "the row %08" PRIx32 ": ebp was %08" PRIx32, row->child, reader->ebp);
    check_name(reader, row->place, "the row");
    reader->ebp_known = row->remark[0] == 0 && word_at(evidence, row->child, &reader->ebp);
    reader->pc = row->return_address;
    reader->pc_known = true;
}

/* The first row, and one behind a trap: EBP may not yet be the function's own. */
static void forget_ebp(struct reader *reader)
{
    reader->ebp_known = false;
}

static void check_any_row(struct reader *reader)
{
    struct row row;

    if (!read_row(reader->line, &row)) {
        reader->pc_known = reader->ebp_known = false;
        return;
    }
    if (row.place[0] == '(') {
        pass_over(reader, &row);
        return;
    }
    if (!row.has_record) {
        reader->pc_known = reader->ebp_known = false;
        return;
    }
    if (row.remark[0] == 0 || strcmp(row.remark, "frameless") == 0)
        check_row(reader, &row);
    else
        pass_over(reader, &row);
    if (strstr(row.remark, "trap"))
        forget_ebp(reader);
}

/* "... this frame 95 times more: ..., to c0213018": on with the last one. */
static void skip_folded(struct reader *reader)
{
    const char *to = strstr(reader->line, ", to ");
    uint32_t child;

    reader->pc_known = reader->ebp_known = false;
    if (!to)
        return;
    child = (uint32_t)strtoul(to + 5, 0, 16);
    reader->pc_known = word_at(reader->evidence, child + 4, &reader->pc);
}

/* --- the verdict --- */

static bool on_registered_stack(const struct reader *reader, uint32_t address)
{
    const struct course *course = reader->evidence->course;

    return address >= course->limit && address <= course->base;
}

static void check_title(struct reader *reader)
{
    if (strstr(reader->line, "NO DOUBLE FAULT"))
        lie(reader, "it was a double fault");
}

/* "  certain: esp c0213000 is at the limit, cr2 c0212ffc is in its guard page" */
static void check_pointers(struct reader *reader, bool overflow)
{
    const struct evidence *evidence = reader->evidence;
    bool certain = strncmp(reader->line, "  certain:", 10) == 0;
    const char *esp_at = strstr(reader->line, "esp ");
    const char *cr2_at = strstr(reader->line, "cr2 ");
    uint32_t esp, cr2;

    if (!esp_at || !cr2_at) /* from user mode: esp0 */
        return;
    esp = (uint32_t)strtoul(esp_at + 4, 0, 16);
    cr2 = (uint32_t)strtoul(cr2_at + 4, 0, 16);
    if (!saved_is(evidence, TSS_ESP, esp))
        lie(reader, "esp was not %08" PRIx32, esp);
    if (evidence->same_crash && cr2 != evidence->course->cr2)
        lie(reader, "cr2 was not %08" PRIx32, cr2);
    if (overflow && certain && esp >= evidence->course->limit && (!unreadable(evidence, cr2) || cr2 >= esp || esp - cr2 > PUSHED_MOST))
        lie(reader, "no push failed at %08" PRIx32, cr2);
    if (overflow && certain && esp > evidence->course->limit + PUSHED_MOST && on_registered_stack(reader, esp))
        lie(reader, "esp %08" PRIx32 " is not at the limit", esp);
    if (!overflow && certain && strstr(reader->line, "on no known stack") && on_registered_stack(reader, esp) && !reader->lost)
        lie(reader, "esp %08" PRIx32 " is on the victim's stack", esp);
}

/* "eax 00000000 ebx ...": those of a line of three. */
static void check_registers(struct reader *reader)
{
    static const struct {
        const char *name;
        uint32_t field;
    } registers[] = {{"eax ", TSS_EAX}, {"ecx ", TSS_EAX + 4}, {"edx ", TSS_EAX + 8}, {"ebx ", TSS_EAX + 12},
                     {"esp ", TSS_ESP}, {"ebp ", TSS_ESP + 4}, {"esi ", TSS_ESP + 8}, {"edi ", TSS_ESP + 12},
                     {"eip ", TSS_EIP}, {"efl ", TSS_EIP + 4}};

    for (unsigned i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        const char *at = strstr(reader->line, registers[i].name);

        if (at && !saved_is(reader->evidence, registers[i].field, (uint32_t)strtoul(at + 4, 0, 16)))
            lie(reader, "the registers: %.12s", at);
    }
}

static bool next_line(const char **text, char line[LINE_LONGEST])
{
    const char *end = strchr(*text, '\n');
    size_t length;

    if (!end)
        return false;
    length = (size_t)(end - *text);
    if (length >= LINE_LONGEST)
        length = LINE_LONGEST - 1;
    memcpy(line, *text, length);
    line[length] = 0;
    *text = end + 1;
    return true;
}

/* A remark stands in a line of its own where the row's name left no room for it. */
static bool is_row(const char *line)
{
    return line[0] != '*' && strncmp(line, "  on stack", 10) != 0 && strspn(line, " ") != REMARK_COLUMN;
}

static void append_remark(char line[LINE_LONGEST], const char *next)
{
    size_t length = strlen(line);

    if (strspn(next, " ") == REMARK_COLUMN)
        snprintf(line + length, LINE_LONGEST - length, " %.*s", (int)strcspn(next + REMARK_COLUMN, "\n"), next + REMARK_COLUMN);
}

bool truth_find_lie(const struct evidence *evidence, const char *text, char reason[200])
{
    struct reader reader = {.evidence = evidence, .reason = reason};
    bool overflow = false, in_rows = false;
    uint32_t eip = memory_word32(evidence->memory[1], evidence->site->host_task + TSS_EIP);

    reader.lost = strstr(text, "lost:") != 0;
    reader.names_lost = strstr(text, "lost: symbols") != 0;
    reader.rows_lost = strstr(text, "lost: rows") != 0;
    while (next_line(&text, reader.line)) {
        if (strncmp(reader.line, "======== kstackguard", 20) == 0) {
            check_title(&reader);
            overflow = strstr(reader.line, "STACK OVERFLOW") != 0;
        } else if (strstr(reader.line, " ran off the end of ") && evidence->memory[0] == evidence->memory[1]) {
            reader.pc = eip;
            reader.pc_known = true;
            check_name(&reader, reader.line, "the culprit");
        } else if (strncmp(reader.line, "  certain: esp", 14) == 0 || strncmp(reader.line, "  likely:  esp", 14) == 0 ||
                   strncmp(reader.line, "  facts:   esp", 14) == 0) {
            check_pointers(&reader, overflow);
        } else if (strncmp(reader.line, "eax ", 4) == 0 || strncmp(reader.line, "esi ", 4) == 0 ||
                   strncmp(reader.line, "eip ", 4) == 0) {
            check_registers(&reader);
        } else if (strncmp(reader.line, "  Memory ChildEBP", 17) == 0) {
            in_rows = true;
            reader.pc = eip;
            reader.pc_known = evidence->memory[0] == evidence->memory[1];
            reader.ebp_known = false;
        } else if (strncmp(reader.line, "  walk ended", 12) == 0 || strncmp(reader.line, "used by", 7) == 0) {
            in_rows = false;
        } else if (in_rows && strstr(reader.line, "... ") == reader.line + 9) {
            skip_folded(&reader);
        } else if (in_rows && !reader.rows_lost && is_row(reader.line)) {
            append_remark(reader.line, text);
            check_any_row(&reader);
        }
    }
    return reader.lies;
}

/* The rows' part of a report; its length. */
static const char *rows_of(const char *text, size_t *length)
{
    const char *start = strstr(text, "  Memory ChildEBP");
    const char *end = start ? strstr(start, "  walk ended") : 0;

    *length = end ? (size_t)(end - start) : 0;
    return start;
}

bool truth_same_rows(const struct course *course, const char *text)
{
    size_t length, expected_length;
    const char *rows = rows_of(text, &length);
    const char *expected = rows_of(course->log, &expected_length);

    return length == expected_length && (length == 0 || memcmp(rows, expected, length) == 0);
}
