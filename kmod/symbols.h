/* The symbol table: what function and module an address is in. Made by kmod/host/ksgsym, read where it lies. */
#ifndef KMOD_SYMBOLS_H
#define KMOD_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The table's layout, all little-endian, every part a multiple of 4 bytes from the start:
 *
 *     struct symbols_header
 *     ranges     range_count times { start, end, module }: code, in ascending order, disjoint
 *     addresses  symbol_count words, ascending: where each function, or piece of one, starts
 *     groups     one word for every SYMBOLS_GROUP symbols: where the first one's name starts in names
 *     pieces     piece_count times { symbol, function, offset }, ascending by symbol: this symbol is a part of that one,
 *                moved elsewhere by the linker or compiler; offset is what to print for its first byte, or PIECE_OWN_NAME
 *     modules    module_count words: where the module's name starts in names
 *     names      for each symbol in order its length in one byte, then its characters; then the same for the modules
 */
#define SYMBOLS_MAGIC 0x5347534bu /* "KSGS" */
#define SYMBOLS_VERSION 1
#define SYMBOLS_GROUP 16
#define PIECE_OWN_NAME 0xffffffffu /* the piece is printed under its own name (f.cold), but counts as the function */

struct symbols_header {
    uint32_t magic;
    uint32_t version;
    uint32_t size;  /* of the whole table in bytes; 0 in the empty one */
    uint32_t crc;   /* CRC-32 (crc.h) of all that follows this word */
    uint32_t range_count;
    uint32_t symbol_count;
    uint32_t piece_count;
    uint32_t module_count;
};

struct symbols_range {
    uint32_t start;
    uint32_t end;
    uint32_t module;
};

struct symbols_piece {
    uint32_t symbol;
    uint32_t function;
    uint32_t offset;
};

/* Text that is not ended by a 0; may hold anything. */
struct text {
    const char *characters;
    uint32_t length;
};

/* A table that was found whole, ready to be searched. */
struct symbols {
    const struct symbols_range *ranges;
    const uint32_t *addresses;
    const uint32_t *groups;
    const struct symbols_piece *pieces;
    const uint32_t *modules;
    const uint8_t *names;
    uint32_t range_count, symbol_count, piece_count, module_count, names_size;
};

/* Checks the table: magic, version, size, every count against the size and, if check_crc, the checksum. limit: how many
   bytes can be read at table; 0xffffffff when that is not known. False: symbols is an empty table. */
bool symbols_open(struct symbols *symbols, const void *table, uint32_t limit, bool check_crc);

struct symbol {
    uint32_t start;    /* of the function or piece that the address is in */
    uint32_t end;      /* the next symbol's start, or the range's end */
    uint32_t function; /* the start of the function that it counts as: a piece's is its parent's */
    uint32_t index;
    uint32_t module;
};

/* The module range that holds address: its index, or false when no code is there. Logarithmic. */
bool symbols_range(const struct symbols *symbols, uint32_t address, struct symbols_range *range);

/* The function that holds address. False when it is in no range, or before the first symbol of its range. Logarithmic. */
bool symbols_find(const struct symbols *symbols, uint32_t address, struct symbol *symbol);

/* Its name, and the offset to print behind it for address. */
struct text symbols_name(const struct symbols *symbols, const struct symbol *symbol, uint32_t address, uint32_t *offset);

/* The module's name; empty for a number that is no module. */
struct text symbols_module(const struct symbols *symbols, uint32_t module);

#endif
