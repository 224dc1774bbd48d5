/* The symbol table: what the builder puts in comes out of the search, and a corrupt table leads nowhere. */
#include "symbols.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../kmod/host/table.h"
#include "tap.h"

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static bool is(struct text text, const char *expected)
{
    return text.length == strlen(expected) && (text.length == 0 || memcmp(text.characters, expected, text.length) == 0);
}

/* --- a table made by hand --- */

/* What is at address: "module!name+offset of function", or as much of it as is known. */
static const char *at(const struct symbols *symbols, uint32_t address)
{
    static char answer[300];
    char room[SYMBOLS_NAME_LONGEST];
    struct symbols_range range;
    struct symbol symbol;
    struct text module, name;
    uint32_t offset;

    if (!symbols_range(symbols, address, &range))
        return symbols_find(symbols, address, &symbol) ? "a symbol outside all ranges" : "nothing";
    module = symbols_module(symbols, range.module);
    if (!symbols_find(symbols, address, &symbol)) {
        snprintf(answer, sizeof answer, "%.*s", (int)module.length, module.characters);
        return answer;
    }
    if (symbol.module != range.module)
        return "two modules";
    name = symbols_name(symbols, &symbol, address, &offset, room);
    snprintf(answer, sizeof answer, "%.*s!%.*s+%" PRIx32 " %" PRIx32 "-%" PRIx32 " of %" PRIx32, (int)module.length,
             module.characters, (int)name.length, name.characters, offset, symbol.start, symbol.end, symbol.function);
    return answer;
}

static void test_lookups(void)
{
    static const struct {
        uint32_t address;
        const char *expected;
    } cases[] = {
        {0, "nothing"},
        {0xfff, "nothing"},
        {0x1000, "nt!start+0 1000-1010 of 1000"},
        {0x100f, "nt!start+f 1000-1010 of 1000"},
        {0x1010, "nt!parse+0 1010-2000 of 1010"},
        {0x1fff, "nt!parse+fef 1010-2000 of 1010"},
        {0x2000, "Ntfs"},
        {0x207f, "Ntfs"},
        {0x2080, "Ntfs!read+0 2080-3000 of 2080"},
        {0x2fff, "Ntfs!read+f7f 2080-3000 of 2080"},
        {0x3000, "nothing"},
        {0x3fff, "nothing"},
        {0x4000, "nt!parse+24d 4000-4010 of 1010"},
        {0x400f, "nt!parse+25c 4000-4010 of 1010"},
        {0x4010, "nt!start.cold+0 4010-4020 of 1000"},
        {0x401f, "nt!start.cold+f 4010-4020 of 1000"},
        {0x4020, "nt!last+0 4020-4100 of 4020"},
        {0x5000, "silent"},
        {0x5fff, "silent"},
        {0x80000000, "nt!high+0 80000000-80010000 of 80000000"},
        {0x8000ffff, "nt!high+ffff 80000000-80010000 of 80000000"},
        {0x80010000, "nt!higher+0 80010000-fffffff0 of 80010000"},
        {0xffffffef, "nt!higher+7ffeffef 80010000-fffffff0 of 80010000"},
        {0xfffffff0, "nothing"},
        {0xffffffff, "nothing"},
    };
    struct table *table = table_new();
    unsigned nt = table_module(table, "nt");
    unsigned ntfs = table_module(table, "Ntfs");
    unsigned start, parse;
    struct symbols symbols;
    uint32_t size;
    void *built;

    table_range(table, 0x80000000, 0xfffffff0, nt);
    table_range(table, 0x1000, 0x2000, nt);
    table_range(table, 0x2000, 0x2800, ntfs);
    table_range(table, 0x2800, 0x3000, ntfs);
    table_range(table, 0x4000, 0x4100, table_module(table, "nt"));
    table_range(table, 0x5000, 0x6000, table_module(table, "silent"));
    table_symbol(table, 0x80010000, "higher");
    table_symbol(table, 0x80000000, "high");
    start = table_symbol(table, 0x1000, "start");
    parse = table_symbol(table, 0x1010, "parse");
    table_symbol(table, 0x2080, "read");
    table_piece(table, table_symbol(table, 0x4000, "moved"), parse, 0x24d);
    table_piece(table, table_symbol(table, 0x4010, "start.cold"), start, PIECE_OWN_NAME);
    table_symbol(table, 0x4020, "last");
    built = table_build(table, &size);
    if (!ok(built && symbols_open(&symbols, built, size, true), "a table by hand")) {
        printf("# %s\n", table_error(table));
        return;
    }
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (!ok(strcmp(at(&symbols, cases[i].address), cases[i].expected) == 0, "%08" PRIx32 ": %s", cases[i].address,
                cases[i].expected))
            printf("# %s\n", at(&symbols, cases[i].address));
    ok(symbols.module_count == 3, "the same module twice is one");
    ok(is(symbols_module(&symbols, 3), "") && is(symbols_module(&symbols, UINT32_MAX), ""), "no such module");
    free(built);
    table_free(table);
}

/* --- where names end --- */

static void test_ends(void)
{
    static const struct {
        uint32_t address;
        const char *expected;
    } cases[] = {
        {0x1000, "nt!outer+0 1000-1020 of 1000"},
        {0x101f, "nt!outer+1f 1000-1020 of 1000"},
        {0x1020, "nt!inner+0 1020-1030 of 1020"},
        {0x1030, "nt!outer+30 1030-1040 of 1000"},
        {0x1040, "nt!second+0 1040-1048 of 1040"},
        {0x1048, "nt!outer+48 1048-1080 of 1000"},
        {0x107f, "nt!outer+7f 1048-1080 of 1000"},
        {0x1080, "nt"},
        {0x10ff, "nt"},
        {0x1100, "nt!label+0 1100-1200 of 1100"},
        {0x1200, "nt"}, /* another object begins */
        {0x1300, "nt!last+0 1300-1310 of 1300"},
        {0x1310, "nt"},
        {0x1fff, "nt"},
        {0x2000, "Ntfs"},
        {0x2010, "Ntfs!over+0 2010-3000 of 2010"}, /* its end lies in no range */
        {0x2fff, "Ntfs!over+fef 2010-3000 of 2010"},
        {0x3000, "nothing"},
    };
    struct table *table = table_new();
    struct symbols symbols;
    uint32_t size;
    void *built;

    table_range(table, 0x1000, 0x2000, table_module(table, "nt"));
    table_range(table, 0x2000, 0x3000, table_module(table, "Ntfs"));
    table_end(table, table_symbol(table, 0x1040, "second"), 0x1048);
    table_end(table, table_symbol(table, 0x1020, "inner"), 0x1030);
    table_end(table, table_symbol(table, 0x1000, "outer"), 0x1080);
    table_symbol(table, 0x1100, "label");
    table_end(table, table_symbol(table, 0x1300, "last"), 0x1310);
    table_end(table, table_symbol(table, 0x2010, "over"), 0x4000);
    for (uint32_t boundary = 0x1000; boundary < 0x3000; boundary += 0x100)
        table_boundary(table, boundary);
    built = table_build(table, &size);
    if (!ok(built && symbols_open(&symbols, built, size, true), "a table of names that end"))
        return;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (!ok(strcmp(at(&symbols, cases[i].address), cases[i].expected) == 0, "%08" PRIx32 ": %s", cases[i].address,
                cases[i].expected))
            printf("# %s\n", at(&symbols, cases[i].address));
    free(built);
    table_free(table);
}

/* --- what the builder refuses, and how it spells --- */

static void test_builder(void)
{
    char spelling[SYMBOLS_NAME_LONGEST + 1];
    char name[1000];
    struct symbols symbols;
    struct table *table = table_new();
    uint32_t size;
    void *built = table_build(table, &size);

    ok(built && symbols_open(&symbols, built, size, true) && symbols.range_count == 0, "a table of nothing");
    ok(strcmp(at(&symbols, 0x1000), "nothing") == 0, "which knows nothing");
    free(built);

    table_range(table, 0x1000, 0x2000, table_module(table, "m"));
    table_symbol(table, 0x2000, "outside");
    ok(!table_build(table, &size), "a symbol in no range: %s", table_error(table));
    table_range(table, 0x2000, 0x3000, table_module(table, "n"));
    built = table_build(table, &size);
    ok(built != 0, "and with a range");
    free(built);
    table_symbol(table, 0x2000, "twice");
    ok(!table_build(table, &size), "two symbols at one address: %s", table_error(table));
    table_range(table, 0x1fff, 0x2001, 0);
    ok(!table_build(table, &size), "ranges that overlap: %s", table_error(table));
    table_free(table);

    table_spelling("caf\303\251\n", spelling);
    ok(strcmp(spelling, "caf???") == 0, "what is not printable ASCII becomes a question mark");
    memset(name, 'x', sizeof name);
    name[SYMBOLS_NAME_LONGEST] = 0;
    table_spelling(name, spelling);
    ok(strcmp(spelling, name) == 0, "the longest name that fits");
    memset(name + SYMBOLS_NAME_LONGEST, 'y', sizeof name - SYMBOLS_NAME_LONGEST);
    memcpy(name, "first", 5);
    strcpy(name + sizeof name - sizeof ".cold", ".cold");
    table_spelling(name, spelling);
    ok(strlen(spelling) == SYMBOLS_NAME_LONGEST && memcmp(spelling, "firstx", 6) == 0 &&
           strcmp(spelling + SYMBOLS_NAME_LONGEST - 6, "y.cold") == 0 && strstr(spelling, "...") == spelling + 62,
       "a longer one keeps both its ends, and shows that it was cut");
}

/* --- tables made at random, against a search that looks at everything --- */

#define RANDOM_SYMBOLS 400
#define RANDOM_RANGES 20

struct random_table {
    struct symbols_range ranges[RANDOM_RANGES];
    uint32_t symbols[RANDOM_SYMBOLS];
    unsigned range_count, symbol_count;
};

/* A step from one symbol to the next: mostly small, sometimes around and above the 64 KiB that a group can span. */
static uint32_t random_step(void)
{
    switch (random_below(20)) {
    case 0:
        return 0xfff0 + random_below(0x20);
    case 1:
        return 1 + random_below(0x40000);
    default:
        return 1 + random_below(300);
    }
}

static void *random_table(struct random_table *random, uint32_t *size)
{
    struct table *table = table_new();
    uint32_t address = random_below(0x1000);
    void *built;
    char name[20];

    random->range_count = 1 + random_below(RANDOM_RANGES);
    random->symbol_count = 0;
    for (unsigned i = 0; i < random->range_count; i++) {
        unsigned wanted = random_below(4) == 0 ? random_below(70) : random_below(10);
        struct symbols_range *range = &random->ranges[i];

        snprintf(name, sizeof name, "m%u", i);
        range->module = table_module(table, name);
        range->start = address += random_below(2) * random_step();
        address += random_below(2) * random_step();
        while (wanted-- > 0 && random->symbol_count < RANDOM_SYMBOLS) {
            snprintf(name, sizeof name, "f%u", random->symbol_count);
            table_symbol(table, address, name);
            random->symbols[random->symbol_count++] = address;
            address += random_step();
        }
        range->end = address += 1 + random_below(2) * random_step();
        table_range(table, range->start, range->end, range->module);
    }
    built = table_build(table, size);
    table_free(table);
    return built;
}

/* The search's answer for address is the one that looking at every range and symbol gives. */
static bool agrees(const struct symbols *symbols, const struct random_table *random, uint32_t address)
{
    const struct symbols_range *range = 0;
    const uint32_t *inside = 0;
    struct symbols_range found_range;
    struct symbol found;
    char name[20], room[SYMBOLS_NAME_LONGEST];
    uint32_t offset;

    for (unsigned i = 0; i < random->range_count; i++)
        if (random->ranges[i].start <= address && address < random->ranges[i].end)
            range = &random->ranges[i];
    if (symbols_range(symbols, address, &found_range) != (range != 0))
        return false;
    if (range && memcmp(&found_range, range, sizeof *range) != 0)
        return false;
    for (unsigned i = 0; range && i < random->symbol_count; i++)
        if (range->start <= random->symbols[i] && random->symbols[i] <= address)
            inside = &random->symbols[i];
    if (symbols_find(symbols, address, &found) != (inside != 0))
        return false;
    if (!inside)
        return true;
    snprintf(name, sizeof name, "f%u", (unsigned)(inside - random->symbols));
    if (inside + 1 < random->symbols + random->symbol_count && inside[1] < range->end) {
        if (found.end != inside[1])
            return false;
    } else if (found.end != range->end) {
        return false;
    }
    return found.start == *inside && found.function == *inside && found.module == range->module &&
           is(symbols_name(symbols, &found, address, &offset, room), name) && offset == address - *inside;
}

static void test_random_tables(void)
{
    unsigned wrong = 0;
    unsigned lookups = 0;

    for (unsigned trial = 0; trial < 300; trial++) {
        struct random_table random;
        struct symbols symbols;
        uint32_t size;
        void *built = random_table(&random, &size);

        if (!built || !symbols_open(&symbols, built, size, true)) {
            wrong++;
            continue;
        }
        for (unsigned i = 0; i < random.symbol_count; i++)
            for (uint32_t j = 0; j < 3; j++, lookups++)
                wrong += !agrees(&symbols, &random, random.symbols[i] + j - 1);
        for (unsigned i = 0; i < random.range_count; i++)
            for (uint32_t j = 0; j < 3; j++, lookups += 2)
                wrong += (unsigned)!agrees(&symbols, &random, random.ranges[i].start + j - 1) +
                         !agrees(&symbols, &random, random.ranges[i].end + j - 1);
        for (unsigned i = 0; i < 200; i++, lookups++)
            wrong += !agrees(&symbols, &random, random_below(random.ranges[random.range_count - 1].end + 0x1000));
        free(built);
    }
    ok(wrong == 0, "300 random tables, %u lookups, %u wrong", lookups, wrong);
}

/* --- a kernel's worth of symbols --- */

#define MANY 45000

/*
 * A name in the manner of a large kernel's, area_verb_thing, out of made-up syllables. About as long as Linux's, and as
 * hard to shorten: those are 24 characters long on average, and take 12.2 codes.
 */
static void kernel_name(char name[100], uint32_t number)
{
    uint32_t hash = number;
    size_t length = 0;

    for (unsigned syllable = 0; syllable < 9; syllable++) {
        hash = (hash ^ hash >> 15) * 2246822519u + syllable;
        if (syllable % 3 == 0 && syllable > 0)
            name[length++] = '_';
        name[length++] = "strnlcmpdbgfvkhwxj"[(hash >> 8) % 18 * ((hash >> 20) % 18) / 18]; /* the first most often */
        name[length++] = "aeiou"[(hash >> 14) % 5];
        if (hash >> 30 == 0)
            name[length++] = "nrst"[(hash >> 18) % 4];
    }
    name[length] = 0;
}

static void test_many(void)
{
    static uint32_t addresses[MANY];
    static uint32_t numbers[MANY];
    struct table *table = table_new();
    unsigned module = table_module(table, "kernel");
    struct symbols symbols;
    unsigned wrong = 0;
    uint32_t address = 0xc1000000;
    uint32_t names_length = 0;
    uint32_t size;
    void *built;
    char name[100], room[SYMBOLS_NAME_LONGEST];

    for (unsigned i = 0; i < MANY; i++) {
        addresses[i] = address;
        numbers[i] = random_below(UINT32_MAX);
        kernel_name(name, numbers[i]);
        names_length += (uint32_t)strlen(name);
        table_symbol(table, address, name);
        address += 16 * (1 + random_below(30));
    }
    table_range(table, addresses[0], address, module);
    built = table_build(table, &size);
    if (!ok(built && symbols_open(&symbols, built, size, true), "%u symbols", MANY))
        return;
    for (unsigned i = 0; i < MANY; i++) {
        uint32_t inside = addresses[i] + random_below(16);
        uint32_t offset;
        struct symbol symbol;

        kernel_name(name, numbers[i]);
        if (!symbols_find(&symbols, inside, &symbol) || symbol.start != addresses[i] ||
            !is(symbols_name(&symbols, &symbol, inside, &offset, room), name) || offset != inside - addresses[i])
            wrong++;
    }
    ok(wrong == 0, "all of them found again, %u wrong", wrong);
    /* Linux 6.1 needs 16.46 without its index by name, for names of about the same length. */
    ok(size < 16.46 * MANY, "%u bytes, %.2f a symbol; the names are %.2f characters long", size, size / (double)MANY,
       names_length / (double)MANY);
    free(built);
    table_free(table);
}

/* --- tables that are not whole --- */

/* Room whose last byte is right before memory that cannot be read, and whose first is right behind such memory. */
struct room {
    uint8_t *first, *end;
};

static struct room guarded_room(uint32_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t inner = (size + page - 1) / page * page;
    int zeros = open("/dev/zero", O_RDWR);
    uint8_t *outer = mmap(0, inner + 2 * page, PROT_NONE, MAP_PRIVATE, zeros, 0);

    close(zeros);
    if (outer == MAP_FAILED || mprotect(outer + page, inner, PROT_READ | PROT_WRITE) != 0)
        exit(2);
    return (struct room){outer + page, outer + page + inner};
}

static void *small_table(uint32_t symbols_of_module, uint32_t *size)
{
    struct table *table = table_new();
    uint32_t address = 0x1000;
    void *built;
    char name[100];

    for (unsigned module = 0; module < 4; module++) {
        uint32_t start = address;

        for (uint32_t i = 0; i < symbols_of_module; i++) {
            unsigned symbol;

            kernel_name(name, i * 37 + module);
            symbol = table_symbol(table, address, name);
            if (i % 10 == 9)
                table_piece(table, symbol, symbol - 5, i % 20 == 9 ? PIECE_OWN_NAME : 0x20);
            address += random_step();
        }
        snprintf(name, sizeof name, "module%u", module);
        table_range(table, start, address, table_module(table, name));
        address += 0x100;
    }
    built = table_build(table, size);
    table_free(table);
    return built;
}

static void test_damage(void)
{
    struct symbols symbols;
    uint32_t size;
    uint8_t *built = small_table(50, &size);
    unsigned unseen = 0;

    for (uint32_t bit = 0; bit < size * 8; bit++) {
        built[bit / 8] ^= (uint8_t)(1 << bit % 8);
        unseen += symbols_open(&symbols, built, size, true);
        built[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ok(unseen == 0, "each single bit of %u bytes turned over: seen", size);
    for (uint32_t limit = 0; limit < size; limit++)
        unseen += symbols_open(&symbols, built, limit, false);
    ok(unseen == 0, "cut off anywhere: seen");
    ok(symbols_open(&symbols, built, UINT32_MAX, true), "limit not known");
    ok(!symbols_open(&symbols, 0, UINT32_MAX, true), "no table");
    ok(!symbols_open(&symbols, built + 2, UINT32_MAX, false) && strcmp(at(&symbols, 0x1000), "nothing") == 0,
       "a table at an odd address");
    free(built);
}

static bool ask_everything(const struct symbols *symbols, uint32_t address)
{
    char room[SYMBOLS_NAME_LONGEST];
    struct symbols_range range;
    struct symbol symbol;
    struct text text;
    uint32_t offset;
    bool sane = true;

    if (symbols_range(symbols, address, &range))
        sane = range.start <= address && address < range.end;
    text = symbols_module(symbols, range.module % 8);
    for (uint32_t i = 0; i < text.length; i++)
        offset = (uint8_t)text.characters[i];
    if (!symbols_find(symbols, address, &symbol))
        return sane;
    text = symbols_name(symbols, &symbol, address, &offset, room);
    return sane && symbol.start <= address && address < symbol.end && text.length <= SYMBOLS_NAME_LONGEST;
}

/* Corrupt tables that are searched all the same. A read outside the table ends this program. */
static void test_corruption(uint32_t symbols_of_module)
{
    static const uint32_t nasty[] = {0, 1, 31, 32, 0x7fffffff, 0x80000000, 0xfffe, 0xffff, 0xffffffff, 0xfffffffe};
    uint32_t size;
    uint8_t *built = small_table(symbols_of_module, &size);
    struct room room = guarded_room(size);
    uint32_t aligned = (size + 3) / 4 * 4;
    unsigned opened = 0;
    unsigned insane = 0;

    for (unsigned trial = 0; trial < 40000; trial++) {
        uint8_t *table = trial % 2 ? room.first : room.end - aligned;
        unsigned changes = 1 + random_below(trial % 16 ? 8 : 400);
        struct symbols symbols;

        memcpy(table, built, size);
        for (unsigned i = 0; i < changes; i++) {
            /* not the magic, version and size, or little would be opened; half of the changes among the counts */
            uint32_t word = 4 + random_below(i % 2 ? size / 4 - 4 : 40);
            uint32_t value = nasty[random_below(sizeof nasty / sizeof nasty[0])];

            if (random_below(3) == 0)
                value = random_below(UINT32_MAX);
            if (word < 9 && random_below(4))
                value = random_below(300);
            memcpy(table + word * 4, &value, random_below(2) ? 2 : 4);
        }
        if (!symbols_open(&symbols, table, aligned, false))
            continue;
        opened++;
        for (unsigned i = 0; i < 20; i++)
            insane += !ask_everything(&symbols, i % 2 ? random_below(0x100000) : random_below(UINT32_MAX));
    }
    ok(opened > 10000 && insane == 0, "40000 corrupt tables of %u bytes, %u of them opened, %u answers out of order",
       size, opened, insane);
    free(built);
}

/* --- for tests/symbols.sh --- */

/* One line for each address of each range of a table that ksgsym --raw wrote: address, module, and, where a symbol is
   known, its name, the offset, the function that it counts as. */
static int list(const char *path)
{
    FILE *file = fopen(path, "rb");
    static uint32_t table[1u << 18];
    struct symbols symbols;
    size_t size = file ? fread(table, 1, sizeof table, file) : 0;

    if (!symbols_open(&symbols, table, (uint32_t)size, true))
        return 2;
    for (uint32_t i = 0; i < symbols.range_count; i++)
        for (uint32_t address = symbols.ranges[i].start; address < symbols.ranges[i].end; address++) {
            struct text module = symbols_module(&symbols, symbols.ranges[i].module);
            char room[SYMBOLS_NAME_LONGEST];
            struct symbol symbol;
            struct text name;
            uint32_t offset;

            printf("%08" PRIx32 " %.*s", address, (int)module.length, module.characters);
            if (symbols_find(&symbols, address, &symbol)) {
                name = symbols_name(&symbols, &symbol, address, &offset, room);
                printf(" %.*s %" PRIx32 " %08" PRIx32, (int)name.length, name.characters, offset, symbol.function);
            }
            putchar('\n');
        }
    return 0;
}

int main(int count, char **arguments)
{
    if (count > 1)
        return list(arguments[1]);
    test_lookups();
    test_ends();
    test_builder();
    test_random_tables();
    test_many();
    test_damage();
    test_corruption(50);
    test_corruption(1);
    return tap_end();
}
