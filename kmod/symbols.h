/* The symbol table: what function and module an address is in. Made by kmod/host/ksgsym, read where it lies. */
#ifndef KMOD_SYMBOLS_H
#define KMOD_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The table's layout, little-endian, its first byte at a multiple of 4. Symbols are kept in groups of neighbours: at
 * most SYMBOLS_GROUP, in one range of code, less than 64 KiB apart, so that two bytes say where one starts.
 *
 *     struct symbols_header
 *     starts     group_count words, ascending: where each group's first symbol starts
 *     groups     group_count times struct symbols_group
 *     ranges     range_count times struct symbols_range, ascending and disjoint: all code
 *     pieces     piece_count times struct symbols_piece, ascending by symbol
 *     modules    module_count words: where the module's name is in names
 *     tokens     token_count + 1 halfwords: where each token's text starts in names, and where the last one ends
 *     names      to the table's end: the tokens' texts; for each symbol in order its length in one byte and so many
 *                codes; for each module its length in one byte and so many characters
 *
 * A symbol's index is its group's, times SYMBOLS_GROUP, and its place there. In its name a code from ' ' to 127 is that
 * character; any other, less 128 in eight bits, is the number of a token: a piece of text that many names share.
 */
#define SYMBOLS_MAGIC 0x5347534bu /* "KSGS" */
#define SYMBOLS_VERSION 2
#define SYMBOLS_GROUP 32       /* the search in symbols.c is written for this number */
#define SYMBOLS_NONE 0xffffu   /* in offsets: no symbol; in piece: no piece */
#define SYMBOLS_TOKENS 160     /* at most: the codes 128 to 255 and 0 to 31 */
#define SYMBOLS_NAME_LONGEST 127
#define SYMBOLS_SIZE_MOST 0x1000000u /* bytes: as many as a million names take */
#define PIECE_OWN_NAME 0xffffffffu /* the piece is printed under its own name (f.cold), but counts as the function */
#define PIECE_NAMELESS 0xffffffffu /* in function: what lies there has no name */

struct symbols_header {
    uint32_t magic;
    uint32_t version;
    uint32_t size; /* of the whole table in bytes; 0 in the empty one */
    uint32_t crc;  /* CRC-32 (crc.h) of all that follows this word */
    uint32_t group_count;
    uint32_t range_count;
    uint32_t piece_count;
    uint32_t module_count;
    uint32_t token_count;
    uint32_t link;         /* where ksg_install was linked; 0: nowhere */
    uint32_t image_start;  /* the kernel's lowest byte, code or data, as it was linked, */
    uint32_t image_end;    /* and the first byte behind its highest one */
};

struct symbols_group {
    uint32_t end;    /* of its last symbol: the next group's start, or the range's end */
    uint32_t names;  /* where in names its symbols' names start */
    uint16_t module;
    uint16_t piece;  /* the first piece among its symbols, or SYMBOLS_NONE */
    uint16_t offsets[SYMBOLS_GROUP + 1]; /* from the group's start to each symbol's, ascending; SYMBOLS_NONE behind the
                                            last, always in the last one */
    uint16_t unused;
    uint8_t sums[SYMBOLS_GROUP]; /* of each symbol's code: fit.h */
};

struct symbols_range {
    uint32_t start;
    uint32_t end;
    uint32_t module;
};

/* This symbol is a part of that one: moved elsewhere by the linker or compiler, or what is left of it behind a symbol
   inside it. Or it is none, but where the one before it ends: PIECE_NAMELESS. */
struct symbols_piece {
    uint32_t symbol;
    uint32_t function;
    uint32_t offset; /* to be printed behind the function's name for the piece's first byte, or PIECE_OWN_NAME */
};

/* Text that is not ended by a 0; may hold anything. */
struct text {
    const char *characters;
    uint32_t length;
};

/* A table that was found whole, ready to be searched. */
struct symbols {
    const uint32_t *starts;
    const struct symbols_group *groups;
    const struct symbols_range *ranges;
    const struct symbols_piece *pieces;
    const uint32_t *modules;
    const uint16_t *tokens;
    const uint8_t *names;
    uint32_t group_count, range_count, piece_count, module_count, token_count, names_size;
    uint32_t link, image_start, image_end;
    uint32_t step; /* the largest power of 2 that is not above group_count */
};

/*
 * Checks the table: magic, version, size, every count against the size and, if check_crc, the checksum. limit: how many
 * bytes can be read at table; 0xffffffff when that is not known. False, also for the empty table: symbols knows no
 * code. Whatever a table that was accepted holds, the functions below read nothing outside it, and end.
 */
bool symbols_open(struct symbols *symbols, const void *table, uint32_t limit, bool check_crc);

/* Is it the empty table, whole? */
bool symbols_none(const struct symbols_header *table);

struct symbol {
    uint32_t start;    /* of the function or piece that the address is in */
    uint32_t end;      /* the next symbol's start, or the range's end */
    uint32_t function; /* the start of the function that it counts as: a piece's is its parent's */
    uint32_t index;    /* of its group, times SYMBOLS_GROUP, and its place there */
    uint32_t module;
};

/* The range of code that holds address, or false when no code is there. Logarithmic. */
bool symbols_range(const struct symbols *symbols, uint32_t address, struct symbols_range *range);

/* The function that holds address: start <= address < end. False when it is in no range, or none of its
   symbols reaches it. Logarithmic. */
bool symbols_find(const struct symbols *symbols, uint32_t address, struct symbol *symbol);

/* Its name, spelt out into room, and the offset to print behind it for address. */
struct text symbols_name(const struct symbols *symbols, const struct symbol *symbol, uint32_t address, uint32_t *offset,
                         char room[SYMBOLS_NAME_LONGEST]);

/* The module's name, in the table; empty for a number that is no module. */
struct text symbols_module(const struct symbols *symbols, uint32_t module);

#endif
