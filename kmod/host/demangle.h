/* C++'s and Rust's names as people write them: kernel::Disk::read for _ZN6kernel4Disk4readEPvj. */
#ifndef KMOD_HOST_DEMANGLE_H
#define KMOD_HOST_DEMANGLE_H

#include "elf.h"

struct demangled {
    char **names; /* that symbols show instead of their own; some are 0 */
    unsigned count;
};

/*
 * Sets what the symbols in code show, by a program that reads names and writes what they stand for, a line each, as c++filt
 * and llvm-cxxfilt do. program: which one; "" for the first of these two that there is. Parameters, return types and
 * hashes are left out; what marks a compiler's clone (.cold, .part.0) stays. A sentence ends the program when there is no
 * such program, or it does not answer.
 */
void demangle(struct demangled *demangled, struct elf *elf, const char *program);
void demangle_free(struct demangled *demangled);

#endif
