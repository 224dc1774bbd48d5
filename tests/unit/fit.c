/* Does the code fit the table? A kernel of random bytes, and what becomes of it: patches, moves, other builds. */
#include "fit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/host/fail.h"
#include "../../kmod/host/stamp.h"
#include "../../kmod/host/table.h"
#include "tap.h"

const char program_name[] = "fit";

#define CODE 0x100000u
#define FUNCTIONS 100u
#define SIZE 0x40u /* of each */
#define APART (CODE + 0x10000) /* ten more functions */
#define APART_FUNCTIONS 10u
#define LINK (CODE + 3 * SIZE)
#define IMAGE 0x11000u /* bytes */

static uint8_t linked[IMAGE], now[IMAGE + 64];
static uint32_t runs_at; /* where now lies */
static uint32_t missing; /* the page there cannot be read; 0: none */
static struct symbols symbols;
static void *table;

static uint32_t random_state = 7;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static bool find(struct memory *memory, uint32_t address, struct window *window)
{
    uint32_t page = (address - runs_at) & ~0xfffu;

    (void)memory;
    if (address - runs_at >= IMAGE || (missing && runs_at + page == missing))
        return false;
    *window = (struct window){now + page, runs_at + page, 0x1000};
    return true;
}

static enum table_fit found(uint32_t link)
{
    struct memory memory = {.find = find};

    return fit_find(&symbols, &memory, runs_at - CODE, link);
}

/* Where the function's name says that it is. */
static bool named(uint32_t address)
{
    struct memory memory = {.find = find};
    struct symbol symbol;

    return symbols_find(&symbols, address, &symbol) && fit_name(&symbols, &memory, runs_at - CODE, symbol.index);
}

static void load(void)
{
    memcpy(now, linked, sizeof linked);
    runs_at = CODE;
    missing = 0;
}

static uint8_t *function(uint32_t number)
{
    return now + number * SIZE;
}

/* As the linker leaves them, with words that are addresses of the kernel's here and there. */
static void make_kernel(bool small, bool sums)
{
    struct elf_section sections[] = {
        {0}, {.name = ".text", .type = ELF_PROGBITS, .flags = ELF_ALLOC | ELF_EXECINSTR, .address = CODE, .size = IMAGE}};
    struct elf_symbol install = {.name = "ksg_install", .address = LINK, .section = &sections[1]};
    struct elf elf = {.path = "kernel", .bytes = linked, .size = sizeof linked, .sections = sections, .symbols = &install,
                      .section_count = 2, .symbol_count = 1};
    struct table *made = table_new();
    unsigned module = table_module(made, "kernel");
    uint32_t size;

    for (uint32_t i = 0; i < IMAGE; i++)
        linked[i] = (uint8_t)(random_word() >> 8);
    for (uint32_t i = 0; i < IMAGE - 8; i += 5 + random_word() % 30) {
        uint32_t address = CODE + random_word() % IMAGE;

        memcpy(linked + i, &address, 4);
    }
    table_range(made, CODE, CODE + FUNCTIONS * SIZE, module);
    table_range(made, APART, APART + APART_FUNCTIONS * SIZE, module);
    for (uint32_t i = 0; i < FUNCTIONS; i++) {
        table_symbol(made, CODE + i * SIZE, "function");
        if (small && i % 4 == 1)
            table_symbol(made, CODE + i * SIZE + SIZE - 16, "small");
    }
    for (uint32_t i = 0; i < APART_FUNCTIONS; i++)
        table_symbol(made, APART + i * SIZE, "apart");
    free(table);
    table = table_build(made, &size);
    if (sums)
        stamp_table(table, size, &elf);
    if (!ok(symbols_open(&symbols, table, size, sums), "a kernel and its table"))
        exit(1);
    table_free(made);
    load();
}

static void test_patches(void)
{
    make_kernel(false, true);
    ok(symbols.link == LINK && symbols.image_start == CODE && symbols.image_end == CODE + IMAGE,
       "the table knows where the kernel was linked");
    ok(found(LINK) == FIT_ALL, "as it was linked");
    for (uint32_t i = 0; i < FUNCTIONS; i++)
        memset(function(i), 0x90, 9);
    ok(found(LINK) == FIT_ALL, "the beginning of each function is patched");

    load();
    for (uint32_t i = 5; i < FUNCTIONS; i += 10)
        memset(function(i) + SIZE / 2 + 2, 0xcc, 5);
    ok(found(LINK) == FIT_EACH, "ten are patched where it is seen");
    ok(!named(CODE + 5 * SIZE) && named(CODE + 4 * SIZE) && named(CODE + 6 * SIZE), "and those lose their names");
    memset(function(44), 0x90, 2 * SIZE);
    ok(found(LINK) == FIT_EACH, "three in a row would be no patch: two and one");
    memset(function(46), 0x90, SIZE);
    ok(found(LINK) == FIT_NOT, "three in a row");
}

static void test_other_builds(void)
{
    unsigned unseen = 0;

    make_kernel(false, true);
    for (uint32_t first = 0; first < FUNCTIONS - 3; first++) {
        load();
        memmove(function(first) + 16, function(first), (FUNCTIONS - first) * SIZE);
        unseen += found(LINK) != FIT_NOT;
    }
    ok(unseen == 0, "a function and all behind it have moved by 16, %u unseen", unseen);
    load();
    memmove(function(FUNCTIONS - 2) + 16, function(FUNCTIONS - 2), 2 * SIZE);
    ok(found(LINK) == FIT_EACH && !named(CODE + (FUNCTIONS - 1) * SIZE) && !named(CODE + (FUNCTIONS - 2) * SIZE),
       "the last two have moved: they have no names");
    for (uint32_t i = 0; i < IMAGE; i++)
        now[i] = (uint8_t)random_word();
    ok(found(LINK) == FIT_NOT && found(0) == FIT_NOT, "nothing fits");
}

static void test_elsewhere(void)
{
    unsigned wrong = 0;

    for (unsigned round = 0; round < 50; round++) {
        uint32_t moved = (round % 2 ? random_word() | 0x1000 : random_word() % 0x8000 + 0x1000) & ~0xfffu;

        make_kernel(false, true);
        runs_at = CODE + moved;
        wrong += found(LINK) != FIT_ALL;
    }
    ok(wrong == 0, "not relocated, 50 times elsewhere, %u wrong", wrong);
}

/* Each word that is an address: the same walk over the bytes as the test made them by. */
static void test_relocated(void)
{
    unsigned wrong = 0;

    for (unsigned round = 0; round < 50; round++) {
        uint32_t moved = (round % 2 ? random_word() | 0x1000 : random_word() % 0x8000 + 0x1000) & ~0xfffu;
        uint32_t word;

        make_kernel(false, true);
        for (uint32_t i = 0; i < IMAGE - 4;) {
            memcpy(&word, linked + i, 4);
            if (word - CODE >= IMAGE) {
                i++;
                continue;
            }
            word += moved;
            memcpy(now + i, &word, 4);
            i += 4;
        }
        runs_at = CODE + moved;
        wrong += found(LINK) == FIT_NOT;
    }
    ok(wrong == 0, "relocated, 50 times, %u wrong", wrong);
}

static void test_absent(void)
{
    make_kernel(true, true);
    ok(found(LINK) == FIT_ALL, "with small functions");
    memset(now + (APART - CODE), 0, APART_FUNCTIONS * SIZE);
    ok(found(LINK) == FIT_EACH && named(CODE) && !named(APART), "code apart that is not there is not named");
    ok(found(APART + 4) == FIT_NOT, "unless this code runs in it");
    load();
    missing = APART;
    ok(found(LINK) == FIT_ALL && found(APART + 4) == FIT_ALL, "what cannot be read says nothing");
    ok(named(APART), "and is named");

    load();
    memset(function(5), 0, SIZE - 16);
    ok(!named(CODE + 6 * SIZE - 4) && named(CODE + 10 * SIZE - 4), "a small function goes with the one before it");
    ok(!fit_name(&symbols, 0, 0, UINT32_MAX), "a number that is no symbol's");

    make_kernel(false, false);
    memset(now, 0, sizeof now);
    ok(found(LINK) == FIT_EACH && named(CODE), "a table without sums");
}

int main(void)
{
    test_patches();
    test_other_builds();
    test_elsewhere();
    test_relocated();
    test_absent();
    return tap_end();
}
