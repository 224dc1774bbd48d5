/* What is known about code: the kernel's embedded table and the modules that the host registered, asked as one. */
#ifndef KMOD_CODE_H
#define KMOD_CODE_H

#include "ksg.h"
#include "symbols.h"

enum code_kind {
    CODE_UNKNOWN, /* no range of code is known at all, so any address might be code */
    CODE_INSIDE,  /* in a known range */
    CODE_OUTSIDE  /* in none of the known ranges */
};

/* The function that an address is in. */
struct function {
    enum code_kind kind;
    bool named;                      /* a symbol is known: the fields below hold */
    uint32_t start, end;             /* of the function, or of the piece of it that holds the address */
    uint32_t function;               /* the start of the function; a piece's differs from start */
    const struct ksg_module *module; /* the registered module; 0: the embedded table's */
    struct symbol symbol;            /* in that table; symbol.module holds if kind is CODE_INSIDE */
};

#define CODE_CACHE 16 /* a power of 2 */

struct code {
    struct symbols kernel;
    const struct ksg_module *modules; /* list */
    struct function cache[CODE_CACHE];/* the last functions found, by address: recursion meets the same few */
};

/* Looks at the embedded table, checks it, and takes over the list of modules. */
void code_open(struct code *code, const struct symbols_header *table, const struct ksg_module *modules);

/* The function that holds address. */
const struct function *code_find(struct code *code, uint32_t address);

/* Its name and the offset of address in it; empty when not named. */
struct text code_name(struct code *code, const struct function *function, uint32_t address, uint32_t *offset);

/* The name of its module; empty when none is known. */
struct text code_module(struct code *code, const struct function *function);

#endif
