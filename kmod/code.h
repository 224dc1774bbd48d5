/* What is known about code: the kernel's embedded table and the modules that the host registered, asked as one. */
#ifndef KMOD_CODE_H
#define KMOD_CODE_H

#include "costly.h"
#include "fit.h"
#include "ksg.h"
#include "prologue.h"
#include "symbols.h"

enum code_kind {
    CODE_UNKNOWN, /* no range of code is known at all, so any address might be code */
    CODE_INSIDE,  /* in a known range */
    CODE_OUTSIDE  /* in none of the known ranges */
};

enum framing {
    FRAMING_NOT_ASKED,
    FRAMING_EBP, /* its prologue sets up an EBP frame, or cannot be read */
    FRAMING_EBP_LATER, /* the same, behind a call: flow_entry_call */
    FRAMING_REALIGNED, /* and gcc has it align ESP before that: realigned.h */
    FRAMING_NONE
};

/* The function that an address is in. */
struct function {
    uint32_t start, end;             /* addresses that this answer holds for */
    uint32_t function;               /* where the function starts; differs from start in a piece moved elsewhere */
    uint32_t index;                  /* of the symbol in its table */
    const struct ksg_module *module; /* the registered module, whose ordinal is module_index */
    uint32_t module_index;           /* without module: in the embedded table; holds if kind is CODE_INSIDE */
    enum code_kind kind : 8;         /* what holds them */
    bool named;                      /* a symbol is known: function and index hold, and start is the symbol's */
    enum framing framing : 8;        /* notes of the walk: what it found out last time */
    bool withheld;                   /* a symbol is known, but not its code is there */
    uint32_t entry_call;             /* once its framing was asked: flow_entry_call. Its size is a power of 2, for speed */
};

#define CODE_CACHE 256 /* a power of 2: two for each remainder of an address */

struct code {
    struct symbols kernel;
    bool table_damaged;                /* the embedded table: its names are lost */
    enum table_fit fit;                      /* does it fit the code? FIT_NOT: it is not used */
    uint32_t offset;                   /* what the kernel runs above where it was linked */
    struct memory *memory;             /* where the code is; 0: it is not looked at */
    const struct symbols_header *table;
    const struct ksg_module *modules;  /* list */
    uint32_t module_count;             /* how many of the list are whole */
    uint32_t lookup_work;              /* of finding a function: as instructions decoded, memory.h */
    struct function cache[CODE_CACHE]; /* the last functions found, by address: recursion meets the same few */
    uint32_t lookups;                  /* so far, where they did not tell */
    uint32_t withheld;                 /* names, in lookups */
    struct costly costly;
};

/* Looks at the embedded table, checks it, and takes over the list of modules. */
void code_open(struct code *code, const struct symbols_header *table, const struct ksg_module *modules);

/* The embedded table fits the code in memory so: behind code_open. */
void code_fit(struct code *code, struct memory *memory, enum table_fit fit, uint32_t offset);

/* Is the embedded table as it was when code_open found it whole? */
bool code_table_whole(const struct code *code);

/* The function that holds address. The answer stands until the next call. */
struct function *code_find(struct code *code, uint32_t address);

/* The first of the two entries of the cache that can hold address. */
static inline struct function *code_place(struct code *code, uint32_t address)
{
    return &code->cache[(address ^ address >> 7) % (CODE_CACHE / 2) * 2];
}

/* The same where the last answers tell, which is nearly always; 0: they do not. */
static inline struct function *code_seen(struct code *code, uint32_t address)
{
    struct function *function = code_place(code, address);

    if (address - function->start < function->end - function->start)
        return function;
    function++;
    return address - function->start < function->end - function->start ? function : 0;
}

/* Is there code at address? Leaves what code_find returned as it is. */
enum code_kind code_kind(const struct code *code, uint32_t address);

/* Where the function ends that holds address, or the piece of it; 0: no symbol tells. Also leaves code_find's answers. */
uint32_t code_end(const struct code *code, uint32_t address);

/* Its name, spelt out into room, and the offset of address in it; empty when not named. */
struct text code_name(const struct code *code, const struct function *function, uint32_t address, uint32_t *offset,
                      char room[SYMBOLS_NAME_LONGEST]);

/* A module of the report, as a number to count by: of the embedded table, of the list, or CODE_NO_MODULE. */
#define CODE_NO_MODULE 0xffffffffu
uint32_t code_module(const struct function *function);

/* Its name; empty for CODE_NO_MODULE. start: where its first range begins, to print an offset in code without names. */
struct text code_module_name(const struct code *code, uint32_t module, uint32_t *start);

#endif
