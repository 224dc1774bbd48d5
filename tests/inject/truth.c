/* Does a report say anything that contradicts the memory as it is? Only what it says without reserve is looked at: rows that
   are said to be right, and what the verdict states as a fact. */
#include "truth.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUSHED_MOST 24 /* bytes, by an exception */
#define PAGE 4096u
#define GATE_SIZE 8
#define GATE_PRESENT 0x8000u
#define RPL 3u
#define EFLAGS_VIRTUAL_8086 (1u << 17)

void truth_lie(struct reader *reader, const char *format, ...)
{
    va_list arguments;

    if (reader->lies)
        return;
    reader->lies = true;
    va_start(arguments, format);
    vsnprintf(reader->reason, 200, format, arguments);
    va_end(arguments);
}

/* --- names --- */

/* Is it the last function or label of code at or before address? Behind a function's end there can be padding. */
static bool is_nearest(const struct elf *elf, const struct elf_symbol *symbol, uint32_t address)
{
    for (unsigned i = 0; i < elf->symbol_count; i++)
        if (elf->symbols[i].type == ELF_FUNC && elf->symbols[i].address > symbol->address && elf->symbols[i].address <= address)
            return false;
    return true;
}

/* Does a symbol of that name lie so far before pc, and does it reach that far? */
static bool symbol_reaches(const struct elf *elf, const char *name, uint32_t offset, uint32_t pc, bool exact)
{
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];

        if (symbol->address + offset == pc && strcmp(symbol->name, name) == 0 &&
            is_nearest(elf, symbol, exact ? pc : pc - 1))
            return true;
    }
    return false;
}

/* The module that a function belongs to, where the report without damage tells. */
static bool in_module(const struct course *course, const char *module, size_t length, const char *function)
{
    char wanted[132];
    const char *at, *start;

    snprintf(wanted, sizeof wanted, "!%s+0x", function);
    at = strstr(course->log, wanted);
    start = at - (at ? length : 0);
    return !at || (strncmp(start, module, length) == 0 && (start[-1] == ' ' || start[-1] == '\n'));
}

/* What has no function's name is not looked at, but for bare addresses. */
static bool names(const struct reader *reader, const char *place)
{
    const char *function = strchr(place, '!');
    char name[128];
    unsigned offset;

    if (place[0] == '0' && place[1] == 'x')
        return strtoul(place, 0, 16) == reader->pc;
    if (strstr(place, ".."))
        return true; /* cut off */
    if (!function || sscanf(function + 1, "%127[^+]+0x%x", name, &offset) != 2)
        return true;
    return symbol_reaches(&reader->evidence->site->elf, name, offset, reader->pc, reader->pc_exact) &&
           in_module(reader->evidence->course, place, (size_t)(function - place), name);
}

void truth_check_name(struct reader *reader, const char *place, const char *what)
{
    if (reader->pc_known && !reader->names_lost && !names(reader, place))
        truth_lie(reader, "%s %.60s is not where %08" PRIx32 " is", what, place, reader->pc);
}

/* --- the verdict --- */

static void check_title(struct reader *reader)
{
    const struct evidence *evidence = reader->evidence;
    bool from_user = false;

    reader->overflow = strstr(reader->line, "STACK OVERFLOW") != 0;
    reader->no_stack = strstr(reader->line, "ESP ON NO STACK") != 0;
    reader->hole = strstr(reader->line, "STACK PAGE NOT PRESENT") != 0;
    if (strstr(reader->line, "NO DOUBLE FAULT"))
        truth_lie(reader, "it was a double fault");
    for (unsigned i = 0; i < 2; i++)
        from_user |= (memory_word32(evidence->memory[i], evidence->site->host_task + TSS_CS) & RPL) == RPL ||
                     (memory_word32(evidence->memory[i], evidence->site->host_task + TSS_EIP + 4) & EFLAGS_VIRTUAL_8086);
    if (strstr(reader->line, "AT ESP0") && !from_user)
        truth_lie(reader, "it did not come from user mode");
}

/* "victim!overflow+0x3c ran off the end of ...": the function at EIP, unless it says otherwise. */
static void check_sentence(struct reader *reader)
{
    bool of_another = strncmp(reader->line, "A trap in ", 10) == 0 || strstr(reader->line, ", calling ");

    reader->pc = memory_word32(reader->evidence->memory[1], reader->evidence->site->host_task + TSS_EIP);
    reader->pc_known = evidence_certain(reader->evidence) && !of_another;
    reader->pc_exact = true;
    if (strchr(reader->line, '!') || strncmp(reader->line, "0x", 2) == 0)
        truth_check_name(reader, reader->line, "the culprit");
    reader->pc_known = false;
}

static bool on_victims_stack(const struct reader *reader, uint32_t address)
{
    const struct course *course = reader->evidence->course;

    return address >= course->limit && address <= course->base;
}

/* "  certain: esp c0213000 is at the limit, cr2 c0212ffc is in its guard page" */
static void check_pointers(struct reader *reader)
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
    if (!evidence_saved_is(evidence, TSS_ESP, esp))
        truth_lie(reader, "esp was not %08" PRIx32, esp);
    if (evidence->same_crash && cr2 != evidence->course->cr2)
        truth_lie(reader, "cr2 was not %08" PRIx32, cr2);
    if ((strstr(cr2_at, "guard page") || strstr(cr2_at, "is not present")) && !evidence_unreadable(evidence, cr2))
        truth_lie(reader, "there is memory at %08" PRIx32, cr2);
    if (reader->overflow && certain && esp >= evidence->course->limit &&
        (!evidence_unreadable(evidence, cr2) || cr2 >= esp || esp - cr2 > PUSHED_MOST))
        truth_lie(reader, "no push failed at %08" PRIx32, cr2);
    if (reader->overflow && certain && esp > evidence->course->limit + PUSHED_MOST && on_victims_stack(reader, esp))
        truth_lie(reader, "esp %08" PRIx32 " is not at the limit", esp);
    if (reader->no_stack && certain && !reader->lost && (on_victims_stack(reader, esp) || on_victims_stack(reader, esp + PAGE)))
        truth_lie(reader, "esp %08" PRIx32 " is on the victim's stack, or at its end", esp);
    if (reader->hole && certain && !on_victims_stack(reader, cr2) && on_victims_stack(reader, esp + PAGE))
        truth_lie(reader, "cr2 %08" PRIx32 " is not on the victim's stack", cr2);
}

/* "  stack:   limit c0213000 base c0223000 ...": of a registered stack, if it is not said where else it comes from. */
static void check_stack(struct reader *reader)
{
    const struct course *course = reader->evidence->course;
    const struct range *places[] = {&reader->evidence->site->threads, &reader->evidence->site->boot_thread};
    uint32_t limit, base;

    if (reader->own_range || sscanf(reader->line, "  stack:   limit %" SCNx32 " base %" SCNx32, &limit, &base) != 2)
        return;
    for (unsigned i = 0; i < 2; i++)
        for (uint32_t at = places[i]->start; at + 8 <= places[i]->end; at += 4)
            if (memory_word32(course->memory, at) == limit && memory_word32(course->memory, at + 4) == base)
                return;
    truth_lie(reader, "no stack %08" PRIx32 " to %08" PRIx32 " was registered", limit, base);
}

static bool gate_is(const struct evidence *evidence, unsigned which, unsigned vector, const char *what)
{
    uint32_t gate[2];

    if (!evidence_read(evidence, which, evidence->site->idt.start + GATE_SIZE * vector, (uint8_t *)gate, sizeof gate))
        return true;
    if (strstr(what, "is empty"))
        return gate[0] == 0 && gate[1] == 0;
    if (strstr(what, "is not present"))
        return !(gate[1] & GATE_PRESENT);
    if (strstr(what, "is no interrupt"))
        return (gate[1] >> 8 & 0x1f) != 5 && (gate[1] >> 8 & 0x17) != 6 && (gate[1] >> 8 & 0x17) != 7;
    return true;
}

/* "           IDT entry 13 (#GP) is empty" */
static void check_gate(struct reader *reader, const char *at)
{
    unsigned vector;

    if (sscanf(at, "IDT entry %u", &vector) == 1 && vector < 32 && !gate_is(reader->evidence, 0, vector, at) &&
        !gate_is(reader->evidence, 1, vector, at))
        truth_lie(reader, "%.60s", at);
}

/* "the ebp that f saved at c0213f40 is deadbeef", "the return address of f at c0213f40 is deadbeef" */
static void check_smashed(struct reader *reader, const char *line)
{
    const char *at = strstr(line, " at ");
    uint32_t address, value;

    if (at && sscanf(at, " at %" SCNx32 " is %" SCNx32, &address, &value) == 2 &&
        !evidence_word_is(reader->evidence, address, value))
        truth_lie(reader, "at %08" PRIx32 " is no %08" PRIx32, address, value);
}

/* "eax 00000000 ebx ...": those of a line of three. */
static void check_registers(struct reader *reader)
{
    static const struct {
        const char *name;
        uint32_t field;
    } registers[] = {{"eax ", TSS_EAX}, {"ecx ", TSS_EAX + 4}, {"edx ", TSS_EAX + 8}, {"ebx ", TSS_EAX + 12},
                     {"esp ", TSS_ESP}, {"ebp ", TSS_EBP},     {"esi ", TSS_ESP + 8}, {"edi ", TSS_ESP + 12},
                     {"eip ", TSS_EIP}, {"efl ", TSS_EIP + 4}};

    for (unsigned i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        const char *at = strstr(reader->line, registers[i].name);

        if (at && !evidence_saved_is(reader->evidence, registers[i].field, (uint32_t)strtoul(at + 4, 0, 16)))
            truth_lie(reader, "the registers: %.12s", at);
    }
}

/* --- all --- */

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
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

static void check_line(struct reader *reader, const char *next)
{
    const char *line = reader->line;
    const char *gate = strstr(line, "IDT entry ");

    if (begins(line, "  certain: esp") || begins(line, "  likely:  esp") || begins(line, "  facts:   esp"))
        check_pointers(reader);
    else if (begins(line, "  stack:   "))
        check_stack(reader);
    else if (gate)
        check_gate(reader, gate);
    else if (begins(line, "           the "))
        check_smashed(reader, line);
    else if (begins(line, "eax ") || begins(line, "esi ") || begins(line, "eip "))
        check_registers(reader);
    else if (begins(line, "  Memory ChildEBP"))
        rows_begin(reader);
    else if (begins(line, "  walk ended") || begins(line, "used by"))
        reader->in_rows = false;
    else if (reader->in_rows)
        rows_check(reader, next);
}

bool truth_find_lie(const struct evidence *evidence, const char *text, char reason[200])
{
    struct reader reader = {.evidence = evidence, .reason = reason};
    bool titled = false;

    reader.lost = strstr(text, "lost:") != 0;
    reader.names_lost = strstr(text, "lost: symbols") != 0;
    reader.rows_lost = strstr(text, "lost: rows") != 0;
    reader.own_range = strstr(text, "  range:   ") != 0;
    while (next_line(&text, reader.line)) {
        if (titled)
            check_sentence(&reader);
        titled = begins(reader.line, "======== kstackguard");
        if (titled)
            check_title(&reader);
        else
            check_line(&reader, text);
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
