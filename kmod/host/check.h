/* Is the symbol table in a linked kernel that kernel's own? */
#ifndef KMOD_HOST_CHECK_H
#define KMOD_HOST_CHECK_H

/* Compares the table that the ELF file has at ksg_symbol_table with the file's symbols: the same functions at the same
   addresses. When they are not, the program ends with a sentence that says so. */
void check_kernel(const char *path);

#endif
