/* Memory as the report found it. */
#include "evidence.h"

#include <string.h>

#define PAGE_PRESENT 1u
#define PAGE_FRAME 0xfffff000u
#define CALL_LONGEST 7 /* FF /2 with a SIB byte and four more */
#define KERNEL_CS 0x08u
#define RPL 3u

enum reading { READ, NOT_PRESENT, NOT_KNOWN /* outside the memory: whatever is there */ };

static enum reading read_byte(const struct evidence *evidence, const uint8_t *memory, uint32_t address, uint8_t *byte)
{
    uint32_t table = memory_word32(memory, evidence->site->directory + (address >> 22) * 4);
    uint32_t entry;

    if (!(table & PAGE_PRESENT))
        return NOT_PRESENT;
    if ((table & PAGE_FRAME) >= MEMORY_JUDGED)
        return NOT_KNOWN;
    entry = memory_word32(memory, (table & PAGE_FRAME) + (address >> 12 & 0x3ff) * 4);
    if (!(entry & PAGE_PRESENT))
        return NOT_PRESENT;
    if ((entry & PAGE_FRAME) >= MEMORY_JUDGED)
        return NOT_KNOWN;
    *byte = memory[(entry & PAGE_FRAME) + (address & ~PAGE_FRAME)];
    return READ;
}

static enum reading read_bytes(const struct evidence *evidence, unsigned which, uint32_t address, uint8_t *bytes, unsigned count)
{
    enum reading reading = READ;

    for (unsigned i = 0; i < count && reading == READ; i++)
        reading = read_byte(evidence, evidence->memory[which], address + i, bytes + i);
    return reading;
}

static enum reading read_word(const struct evidence *evidence, unsigned which, uint32_t address, uint32_t *word)
{
    return read_bytes(evidence, which, address, (uint8_t *)word, 4);
}

bool evidence_read(const struct evidence *evidence, unsigned which, uint32_t address, uint8_t *bytes, unsigned count)
{
    return read_bytes(evidence, which, address, bytes, count) == READ;
}

bool evidence_word_is(const struct evidence *evidence, uint32_t address, uint32_t value)
{
    for (unsigned i = 0; i < 2; i++) {
        uint32_t word;
        enum reading reading = read_word(evidence, i, address, &word);

        if (reading == NOT_KNOWN || (reading == READ && word == value))
            return true;
    }
    return false;
}

bool evidence_word(const struct evidence *evidence, uint32_t address, uint32_t *word)
{
    return evidence_certain(evidence) && read_word(evidence, 1, address, word) == READ;
}

bool evidence_unreadable(const struct evidence *evidence, uint32_t address)
{
    uint32_t word;

    return read_word(evidence, 0, address & ~3u, &word) != READ || read_word(evidence, 1, address & ~3u, &word) != READ;
}

bool evidence_saved_is(const struct evidence *evidence, uint32_t field, uint32_t value)
{
    uint32_t at = evidence->site->host_task + field;

    return memory_word32(evidence->memory[0], at) == value || memory_word32(evidence->memory[1], at) == value;
}

/* --- calls --- */

static uint32_t word_of(const uint8_t *bytes)
{
    uint32_t word;

    memcpy(&word, bytes, 4);
    return word;
}

static bool is_called(const struct evidence *evidence, const char *function, uint32_t address)
{
    const struct elf *elf = &evidence->site->elf;

    for (unsigned i = 0; i < elf->symbol_count; i++)
        if (elf->symbols[i].address == address && strcmp(elf->symbols[i].name, function) == 0)
            return true;
    return false;
}

/* Does the function at start jump to that one? */
static bool jumps_on(const struct evidence *evidence, uint32_t start, const char *function)
{
    const struct elf *elf = &evidence->site->elf;

    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];

        for (uint32_t at = start; symbol->address == start && at < start + symbol->size; at++) {
            const uint8_t *code = evidence->course->memory + at;
            uint32_t near_by = code[1] < 0x80 ? code[1] : code[1] | 0xffffff00u;

            if ((code[0] == 0xe9 && is_called(evidence, function, at + 5 + word_of(code + 1))) ||
                (code[0] == 0xeb && is_called(evidence, function, at + 2 + near_by)))
                return true;
        }
    }
    return false;
}

/* FF /2, or /3 through memory: a far call; and its length by the addressing form. */
static bool ends_indirect_call(const uint8_t *end)
{
    static const uint8_t lengths[4] = {2, 3, 6, 2}; /* by mod, without a SIB byte */

    for (unsigned length = 2; length <= CALL_LONGEST; length++) {
        const uint8_t *code = end - length;
        unsigned mod = code[1] >> 6, rm = code[1] & 7, digit = code[1] >> 3 & 7;
        unsigned should_be = lengths[mod] + (mod != 3 && rm == 4 ? 1u : 0u);

        if (mod == 0 && (rm == 5 || (rm == 4 && length > 2 && (code[2] & 7) == 5)))
            should_be += 4;
        if (code[0] == 0xff && (digit == 2 || (digit == 3 && mod != 3)) && length == should_be)
            return true;
    }
    return false;
}

bool evidence_called(const struct evidence *evidence, uint32_t return_address, const char *function)
{
    for (unsigned i = 0; i < 2; i++) {
        uint8_t bytes[CALL_LONGEST + 1] = {0};
        uint32_t target;

        if (read_bytes(evidence, i, return_address - CALL_LONGEST, bytes, CALL_LONGEST) != READ)
            return true;
        target = return_address + word_of(bytes + CALL_LONGEST - 4);
        if (ends_indirect_call(bytes + CALL_LONGEST))
            return true;
        if (bytes[CALL_LONGEST - 5] == 0xe8 &&
            (!function || is_called(evidence, function, target) || jumps_on(evidence, target, function)))
            return true;
    }
    return false;
}

bool evidence_trapped(const struct evidence *evidence, uint32_t from, uint32_t to, uint32_t eip)
{
    for (uint32_t at = from & ~3u; at < to; at += 4)
        for (unsigned i = 0; i < 2; i++) {
            uint32_t word, cs;

            if (read_word(evidence, i, at, &word) == READ && word == eip && read_word(evidence, i, at + 4, &cs) == READ &&
                ((cs & 0xffff) == KERNEL_CS || (cs & RPL) == RPL))
                return true;
        }
    return false;
}
