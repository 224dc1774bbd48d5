/* Ties a symbol table to the kernel that it was made of. */
#include "stamp.h"

#include <string.h>

#include "../crc.h"
#include "../fit.h"
#include "allocate.h"

#define RELOCATION_SIZE 8u
#define RELOCATION_RELATIVE 8u /* i386 ABI, R_386_RELATIVE: the kernel's own address, which fit.c knows */
#define WORD_BEFORE 3u         /* a word that reaches into the bytes of a sum begins so far in front of them at most */
#define END_ALIGNED 0x400000u  /* a kernel's end is a multiple of a large page at most */

struct kernel {
    const struct elf *elf;
    uint32_t table, end; /* where the table lies, 0 when it does not lie in this file; the file's last byte in memory */
    uint32_t *loose;     /* words that the loader is left to relocate, but for the kernel's own addresses */
    uint32_t loose_count;
};

static uint32_t word_at(const struct elf *elf, uint32_t offset)
{
    uint32_t word;

    memcpy(&word, elf->bytes + offset, sizeof word);
    return word;
}

static void find_loose(struct kernel *kernel)
{
    const struct elf *elf = kernel->elf;

    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];

        if (section->type != ELF_REL || !(section->flags & ELF_ALLOC))
            continue;
        for (uint32_t at = 0; section->size - at >= RELOCATION_SIZE; at += RELOCATION_SIZE) {
            if ((word_at(elf, section->offset + at + 4) & 0xff) == RELOCATION_RELATIVE)
                continue;
            kernel->loose = allocate_one_more(kernel->loose, kernel->loose_count, sizeof *kernel->loose);
            kernel->loose[kernel->loose_count++] = word_at(elf, section->offset + at);
        }
    }
}

static bool is_loose(const struct kernel *kernel, uint32_t address)
{
    for (uint32_t i = 0; i < kernel->loose_count; i++)
        if (kernel->loose[i] + WORD_BEFORE - address < FIT_BYTES + WORD_BEFORE)
            return true;
    return false;
}

/* The word may be the address of something that the second link puts elsewhere: the table, and what lies behind it, up to
   the mark that the linker script sets at the end. base: what the kernel is linked above where it is loaded, or 0. */
static bool may_move(const struct kernel *kernel, uint32_t word, uint32_t base)
{
    return kernel->table && word + base - kernel->table < kernel->end - kernel->table + END_ALIGNED;
}

/* bytes: those of a sum, with WORD_BEFORE more on either side. */
static bool names_what_moves(const struct kernel *kernel, const uint8_t *bytes)
{
    for (unsigned at = 0; at < WORD_BEFORE + FIT_BYTES; at++) {
        uint32_t word;
        bool moves;

        memcpy(&word, bytes + at, sizeof word);
        moves = may_move(kernel, word, 0);
        for (unsigned i = 0; i < kernel->elf->segment_count; i++)
            moves |= may_move(kernel, word, kernel->elf->segments[i].address - kernel->elf->segments[i].physical);
        if (moves)
            return true;
    }
    return false;
}

static uint8_t sum_of(const struct kernel *kernel, uint32_t start, uint32_t end)
{
    uint32_t address = start + fit_place(end - start);
    const struct elf_section *section = elf_section_at(kernel->elf, address);
    const uint8_t *bytes;

    if (end - start < FIT_SIZE_LEAST || !section || !elf_is_code(section) || is_loose(kernel, address) ||
        address - section->address < WORD_BEFORE ||
        section->size - (address - section->address) < FIT_BYTES + WORD_BEFORE)
        return FIT_NO_SUM;
    bytes = elf_code(kernel->elf, section, address);
    if (memcmp(bytes, bytes + 1, FIT_BYTES - 1) == 0 || names_what_moves(kernel, bytes - WORD_BEFORE))
        return FIT_NO_SUM;
    return fit_sum(bytes);
}

static void sum_group(const struct kernel *kernel, uint32_t start, struct symbols_group *group)
{
    for (unsigned place = 0; place < SYMBOLS_GROUP && group->offsets[place] != SYMBOLS_NONE; place++) {
        uint16_t next = group->offsets[place + 1];

        group->sums[place] =
            sum_of(kernel, start + group->offsets[place], next == SYMBOLS_NONE ? group->end : start + next);
    }
}

static void find_image(const struct elf *elf, struct symbols_header *header)
{
    header->image_start = UINT32_MAX;
    header->image_end = 0;
    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];

        if (!(section->flags & ELF_ALLOC) || section->size == 0)
            continue;
        if (section->address < header->image_start)
            header->image_start = section->address;
        if (section->address + section->size > header->image_end)
            header->image_end = section->address + section->size;
    }
}

static uint32_t address_of(const struct elf *elf, const char *name)
{
    for (unsigned i = 0; i < elf->symbol_count; i++)
        if (elf->symbols[i].section && strcmp(elf->symbols[i].name, name) == 0)
            return elf->symbols[i].address;
    return 0;
}

void stamp_table(void *table, uint32_t size, const struct elf *elf)
{
    struct symbols_header *header = table;
    uint32_t *starts = (uint32_t *)(header + 1);
    struct symbols_group *groups = (struct symbols_group *)(starts + header->group_count);
    const uint8_t *summed = (const uint8_t *)&header->group_count;
    struct kernel kernel = {.elf = elf};

    header->link = address_of(elf, "ksg_install");
    find_image(elf, header);
    kernel.table = address_of(elf, "ksg_symbol_table");
    kernel.end = header->image_end;
    find_loose(&kernel);
    for (uint32_t i = 0; i < header->group_count; i++)
        sum_group(&kernel, starts[i], &groups[i]);
    header->crc = crc_bytes(0, summed, size - (uint32_t)(summed - (const uint8_t *)table));
    free(kernel.loose);
}
