/* Is the symbol table in a linked kernel that kernel's own? */
#ifndef KMOD_HOST_CHECK_H
#define KMOD_HOST_CHECK_H

/*
 * Compares the table that the ELF file has at ksg_symbol_table with the file's symbols: the same functions at the same
 * addresses, where the table gets into memory and stays there. When it is not so, the program ends with a sentence that
 * says so. demangler: a program's name or path, when the table was made with one, else 0. image: the path of the flat file
 * that is loaded instead of the ELF file, or 0.
 */
void check_kernel(const char *path, const char *demangler, const char *image);

#endif
