/* Writes a relocatable 32-bit i386 ELF object that holds nothing but a symbol table. */
#ifndef KMOD_HOST_OBJECT_H
#define KMOD_HOST_OBJECT_H

#include <stddef.h>
#include <stdint.h>

/* The object's bytes, to be freed by the caller: the table in section .ksg_symbols, where the symbol ksg_symbol_table
   stands. */
void *object_build(const void *table, uint32_t table_size, size_t *size);

#endif
