/* Reads a linked 32-bit i386 ELF file: its sections and symbols (System V ABI, chapters 4 and 5). */
#ifndef KMOD_HOST_ELF_H
#define KMOD_HOST_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum elf_section_type {
    ELF_PROGBITS = 1,
    ELF_SYMTAB = 2,
    ELF_STRTAB = 3,
    ELF_NOBITS = 8,
    ELF_REL = 9,
    ELF_SYMTAB_SHNDX = 18
};

enum elf_section_flags {
    ELF_ALLOC = 2,
    ELF_EXECINSTR = 4
};

enum elf_symbol_type {
    ELF_NOTYPE = 0, /* a label, as assemblers and linker scripts define it */
    ELF_OBJECT = 1,
    ELF_FUNC = 2,
    ELF_FILE = 4    /* the local symbols that follow come from the source file of this name */
};

enum elf_binding {
    ELF_LOCAL = 0,
    ELF_GLOBAL = 1,
    ELF_WEAK = 2
};

struct elf_section {
    const char *name;
    uint32_t type, flags, address, offset, size, link;
};

/* What a loader loads: PT_LOAD. */
struct elf_segment {
    uint32_t offset, address, physical, file_size;
};

struct elf_symbol {
    const char *name;
    const char *shown; /* how a report is to have it: name, if nothing else is known */
    uint32_t address, size;
    enum elf_binding binding;
    unsigned type;
    const struct elf_section *section; /* 0: none, absolute, common */
    unsigned file;                     /* a local symbol's source file, as a number; 0: not known, not local */
};

struct elf {
    const char *path;
    const uint8_t *bytes;
    size_t size;
    struct elf_section *sections;
    struct elf_segment *segments;
    struct elf_symbol *symbols;
    unsigned section_count, segment_count, symbol_count;
};

/* Reads the file. When that is not possible, or it is not a linked 32-bit i386 ELF file with code and symbols, the
   program ends with a sentence that says so. */
void elf_read(struct elf *elf, const char *path);
void elf_free(struct elf *elf);

/* The section holds code. */
bool elf_is_code(const struct elf_section *section);

/* The bytes of a section that has some in the file, from address on. */
const uint8_t *elf_code(const struct elf *elf, const struct elf_section *section, uint32_t address);

/* The section that holds the address in memory, or 0. */
const struct elf_section *elf_section_at(const struct elf *elf, uint32_t address);

/* The first of count symbols, ascending by address, that is at or behind address; or count. */
unsigned elf_symbol_from(const struct elf_symbol *const *symbols, unsigned count, uint32_t address);

#endif
