/*
 * Does a linked kernel's symbol table come into memory with it, and stay there? A loader takes the segments, or, where the
 * kernel says so or the file is flat, one piece of the file. The kernel then clears its bss, and has its heap behind its
 * end: what it takes for these the linker script's symbols tell, and they have a few usual names.
 */
#include "placed.h"

#include <inttypes.h>
#include <string.h>

#include "allocate.h"
#include "fail.h"
#include "file.h"

/* Compared without underscores, in lower case: _end, __end, kernel_end, KernelEnd. A 0 ends each list. */
static const char *const end_names[] = {"end", "kernelend", "endkernel", "ekernel", "kend", "endofkernel", "imageend",
                                        "kernelvirtualend", "kernelphysicalend", "heapstart", "kernelheapstart", 0};
static const char *const bss_start_names[] = {"bssstart", "startbss", "startofbss", "sbss", "bssbegin", "bss", 0};
static const char *const bss_end_names[] = {"bssend", "endbss", "endofbss", "ebss", "bssstop", 0};
static const char *const data_end_names[] = {"edata", "dataend", "enddata", "endofdata", 0};

#define PAGE 4096u

/* What is placed, in either of the two spaces that a kernel has addresses of. */
struct place {
    const struct elf *elf;
    const struct elf_section *section;
    uint32_t address, size;
};

/* --- addresses --- */

/* The segment that has all of these bytes from the file, or 0. */
static const struct elf_segment *segment_of(const struct elf *elf, uint32_t address, uint32_t size)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        uint32_t from = address - segment->address;

        if (from < segment->file_size && size <= segment->file_size - from)
            return segment;
    }
    return 0;
}

/* Where an address of a section is in physical memory: as for the segment that it is in, which may have no bytes of bss. */
static uint32_t physical(const struct elf *elf, uint32_t address)
{
    const struct elf_segment *best = 0;

    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];

        if (segment->address <= address && (!best || segment->address > best->address))
            best = segment;
    }
    return best ? best->physical + (address - best->address) : address;
}

static bool is_loaded(const struct elf_section *section)
{
    return (section->flags & ELF_ALLOC) && section->size > 0;
}

static uint32_t start_of(const struct elf *elf, const struct elf_section *section, bool is_physical)
{
    return is_physical ? physical(elf, section->address) : section->address;
}

/* Is it an address of the kernel, as its code has them, or physical? It is in a section, or behind one on the same page:
   what is in neither may be in the other space. */
static bool in_kernel(const struct elf *elf, uint32_t address, bool is_physical)
{
    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        uint32_t start = start_of(elf, section, is_physical);

        if (is_loaded(section) && address >= start && address - start <= section->size + (-(start + section->size)) % PAGE)
            return true;
    }
    return false;
}

/* --- what the linker script's symbols say --- */

static bool is_called(const char *symbol, const char *const *names)
{
    for (; *names; names++) {
        const char *at = symbol;
        const char *name = *names;

        while (*at) {
            char lower = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;

            if (lower != '_' && lower != *name++)
                break;
            at++;
        }
        if (!*at && !*name)
            return true;
    }
    return false;
}

/* A linker script's symbol is global, and no function or object; a label of that name may stand among the code. */
static bool is_marker(const struct elf_symbol *symbol, const char *const *names)
{
    return symbol->type == ELF_NOTYPE && symbol->binding == ELF_GLOBAL && is_called(symbol->name, names);
}

static bool behind_code(const struct elf *elf, uint32_t value, bool is_physical)
{
    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        uint32_t start = start_of(elf, section, is_physical);

        if (elf_is_code(section) && value - start < section->size)
            return false;
    }
    return true;
}

/* The marker with the lowest or the highest value, or 0. */
static const struct elf_symbol *marker(const struct elf *elf, const char *const *names, bool is_physical, bool highest)
{
    const struct elf_symbol *best = 0;

    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];

        if (!is_marker(symbol, names) || !in_kernel(elf, symbol->address, is_physical) ||
            !behind_code(elf, symbol->address, is_physical))
            continue;
        if (!best || (highest ? symbol->address > best->address : symbol->address < best->address))
            best = symbol;
    }
    return best;
}

/* Kernels clear from the bss's start to its end; from edata and to end, where the script names no other. */
static void check_cleared(const struct place *place, uint32_t address, bool is_physical)
{
    const struct elf *elf = place->elf;
    const struct elf_symbol *start = marker(elf, bss_start_names, is_physical, false);
    const struct elf_symbol *end = marker(elf, bss_end_names, is_physical, true);

    if (!start)
        start = marker(elf, data_end_names, is_physical, false);
    if (!end)
        end = marker(elf, end_names, is_physical, true);
    if (start && end && start->address <= address && address < end->address)
        fail(EXIT_REFUSED,
             "%s has its symbol table at %08" PRIx32 ", between %s and %s, which a kernel clears when it starts:"
             " place %s in front of %s, or behind the bss's end and in front of the kernel's",
             elf->path, address, start->name, end->name, place->section->name, start->name);
}

static void check_end(const struct place *place, uint32_t address, bool is_physical)
{
    const struct elf *elf = place->elf;
    const struct elf_symbol *end = marker(elf, end_names, is_physical, false);

    if (!end)
        return;
    if (address + (place->size - 1) >= end->address)
        fail(EXIT_REFUSED,
             "%s has its symbol table at %08" PRIx32 ", behind %s, from where on a kernel takes memory for free:"
             " let the linker script set %s behind %s",
             elf->path, address, end->name, end->name, place->section->name);
    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *other = &elf->sections[i];
        uint32_t start = start_of(elf, other, is_physical);
        int kind = other->name[0] ? 1 + (int)strcspn(other->name + 1, ".") : 0; /* .rodata of .rodata.str1.1 */

        if (is_loaded(other) && start >= end->address)
            fail(EXIT_REFUSED,
                 "%s has %s at %08" PRIx32 ", behind %s, from where on a kernel takes memory for free: let the linker"
                 " script place *(%.*s %.*s.*) in front of %s",
                 elf->path, other->name, start, end->name, kind, other->name, kind, other->name, end->name);
    }
}

/* --- what a loader takes that knows nothing of segments --- */

#define MULTIBOOT_MAGIC 0x1badb002u
#define MULTIBOOT_SEARCHED 8192u      /* bytes of the file: Multiboot 0.6.96, 3.1 */
#define MULTIBOOT_ADDRESSES 0x10000u  /* in flags: load by the addresses in the header, whatever the file is */

static uint32_t word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The words behind the magic number: flags, checksum, the addresses of the header, the load's start and end. */
static void check_multiboot(const struct place *place, uint32_t offset, uint32_t address)
{
    const struct elf *elf = place->elf;

    for (uint32_t at = 0; at + 24 <= elf->size && at + 12 <= MULTIBOOT_SEARCHED; at += 4) {
        const uint8_t *header = elf->bytes + at;
        uint32_t flags = word(header + 4);
        uint32_t load = word(header + 16);
        uint32_t end = word(header + 20);
        uint32_t from = at - (word(header + 12) - load); /* in the file */

        if (word(header) != MULTIBOOT_MAGIC || MULTIBOOT_MAGIC + flags + word(header + 8) != 0)
            continue;
        if (!(flags & MULTIBOOT_ADDRESSES))
            return;
        if (address - load != offset - from)
            fail(EXIT_REFUSED,
                 "%s has a Multiboot header with addresses, by which a loader puts its symbol table at %08" PRIx32
                 ", not at %08" PRIx32 ": place %s in front of .bss, or leave bit 16 of the header's flags out",
                 elf->path, load + (offset - from), address, place->section->name);
        if (end != 0 && (address < load || address + (place->size - 1) >= end))
            fail(EXIT_REFUSED,
                 "%s has a Multiboot header by which a loader loads it up to %08" PRIx32
                 ", and its symbol table is at %08" PRIx32 ": place %s in front of what the header gives as load_end_addr",
                 elf->path, end, address, place->section->name);
        return;
    }
}

/* A flat image begins with the lowest section that has contents. */
static void check_image(const struct place *place, uint32_t address, const void *table, const char *path)
{
    const struct elf *elf = place->elf;
    uint32_t base = address;
    size_t size;
    char *image = file_read(path, &size);

    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];

        if (is_loaded(section) && section->type != ELF_NOBITS && physical(elf, section->address) < base)
            base = physical(elf, section->address);
    }
    if (address - base > size || place->size > size - (address - base) ||
        memcmp(image + (address - base), table, place->size) != 0)
        fail(EXIT_REFUSED,
             "%s does not hold the symbol table of %s, which belongs at byte %" PRIu32 " of it: make it of all sections,"
             " objcopy -O binary %s %s",
             path, elf->path, address - base, elf->path, path);
    free(image);
}

void placed_check(const struct elf *elf, const struct elf_section *section, uint32_t address, uint32_t size,
                  const char *image)
{
    struct place place = {elf, section, address, size};
    const struct elf_segment *segment = segment_of(elf, address, size);
    uint32_t offset = section->offset + (address - section->address);
    uint32_t in_memory = physical(elf, address);

    if (!segment)
        fail(EXIT_REFUSED,
             "%s has its symbol table in no segment that a loader loads: let the linker script place %s like other"
             " read-only data, without NOLOAD or INFO, and in a PT_LOAD segment",
             elf->path, section->name);
    check_multiboot(&place, offset, in_memory);
    if (image)
        check_image(&place, in_memory, elf->bytes + offset, image);
    check_cleared(&place, address, false);
    check_end(&place, address, false);
    if (in_memory == address)
        return;
    check_cleared(&place, in_memory, true);
    check_end(&place, in_memory, true);
}
