/* Does a linked kernel's symbol table come into memory with it, and stay there? */
#ifndef KMOD_HOST_PLACED_H
#define KMOD_HOST_PLACED_H

#include "elf.h"

/*
 * The table has size bytes from address on, in section. When a loader leaves it out, or what the linker script calls bss
 * or the kernel's end makes it, or other data, room for something else, the program ends with a sentence that says so.
 * image: the path of the flat image that is loaded instead of the ELF file; 0 when there is none.
 */
void placed_check(const struct elf *elf, const struct elf_section *section, uint32_t address, uint32_t size,
                  const char *image);

#endif
