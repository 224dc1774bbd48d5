/* Who used the stack: sums that are exact however many users there are. */
#include "usage.h"

#include <stdlib.h>
#include <string.h>

#include "../../kmod/host/table.h"
#include "../pieces.h"
#include "registry.h"
#include "tap.h"

#define STACK_BASE 0xc0210000u
#define STACK_SIZE 0x10000u
#define CODE 0xc0100000u
#define MODULE_SIZE 0x1000u
#define MODULES_MOST 200

static struct pieces pieces;
static struct memory memory;
static struct code code;
static struct walk_start start;
static uint32_t *stack;
static uint32_t function_size = MODULE_SIZE; /* of what put_chain writes frames */

static struct ksg_range ranges[MODULES_MOST];
static struct ksg_module modules[MODULES_MOST];

static void store(uint32_t address, uint32_t word)
{
    stack[(address - (STACK_BASE - STACK_SIZE)) / 4] = word;
}

/* So many modules, without symbols and without code that could be read. */
static void begin(unsigned module_count)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};

    pieces_free(&pieces);
    memory = (struct memory){.find = pieces_find, .context = &pieces};
    stack = (uint32_t *)(void *)pieces_add(&pieces, STACK_BASE - STACK_SIZE, STACK_SIZE);
    for (unsigned i = 0; i < MODULES_MOST; i++)
        ksg_remove_module(&modules[i]);
    for (unsigned i = 0; i < module_count; i++) {
        ranges[i] = (struct ksg_range){CODE + i * MODULE_SIZE, CODE + (i + 1) * MODULE_SIZE};
        modules[i] = (struct ksg_module){.name = "module", .ranges = &ranges[i], .range_count = 1};
        ksg_add_module(&modules[i]);
    }
    code_open(&code, &empty, registry_modules());
    memset(&start, 0, sizeof start);
    start.view = (struct view){&memory, &code, STACK_BASE - STACK_SIZE, STACK_BASE, 8, 0};
    start.eip_known = true;
}

/* A function of a module, and the bytes up to its EBP from that of its callee or, for the innermost, from ESP. */
struct frame {
    unsigned module;
    uint32_t bytes;
};

/* Writes the chain, innermost first; the last frame's EBP is rest bytes below the base. */
static void put_chain(const struct frame *frames, unsigned count, uint32_t rest)
{
    uint32_t address = STACK_BASE - rest;

    store(address, 0);
    store(address + 4, 0);
    for (unsigned i = count; i-- > 1;) {
        store(address - frames[i].bytes, address);
        store(address - frames[i].bytes + 4, CODE + frames[i].module * function_size + 0x10);
        address -= frames[i].bytes;
    }
    start.eip = CODE + frames[0].module * function_size + 0x10;
    start.ebp = address;
    start.esp = address - frames[0].bytes;
}

static struct usage_totals totals;
static struct usage_table modules_used, functions_used;

static void count_all(void)
{
    usage_find(&start, &totals, &modules_used, &functions_used);
}

static const struct usage *find(const struct usage_table *table, uint32_t key)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->entries[i].key == key)
            return &table->entries[i];
    return 0;
}

static uint32_t module_key(unsigned module)
{
    return code_module(code_find(&code, CODE + module * MODULE_SIZE));
}

static bool entered(const struct usage_table *table, uint32_t key, uint32_t times)
{
    const struct usage *usage = find(table, key);

    return usage && usage->entered == times;
}

static bool used(const struct usage_table *table, uint32_t key, uint32_t bytes, uint32_t frames)
{
    const struct usage *usage = find(table, key);

    return usage && usage->bytes == bytes && usage->frames == frames;
}

static void test_few(void)
{
    static const struct frame frames[] = {{0, 4}, {1, 0x10}, {0, 0x20}, {2, 0x100}, {1, 8}};
    const struct usage_table *table = &modules_used;

    begin(3);
    put_chain(frames, 5, 0x40);
    count_all();
    ok(totals.bytes == 0x17c && totals.frames == 5 && totals.end == WALK_ZERO,
       "totals: all bytes from ESP to the base");
    ok(used(table, module_key(0), 0x24, 2) && used(table, module_key(1), 0x18, 2) &&
           used(table, module_key(2), 0x100, 1),
       "each module's rows together");
    ok(used(table, USAGE_REST, 0x40, 0), "the bytes after the last frame by themselves");
    ok(entered(table, module_key(0), 2) && entered(table, module_key(1), 2) && entered(table, module_key(2), 1) &&
           entered(table, USAGE_REST, 0),
       "how often each was entered");
    ok(table->count == 4 && table->other_count == 0, "and nothing else");
    ok(table->entries[0].key == module_key(2) && table->entries[1].key == USAGE_REST &&
           table->entries[2].key == module_key(0) && table->entries[3].key == module_key(1),
       "most bytes first");
}

static void test_what_is_no_module(void)
{
    static const struct frame frames[] = {{0, 4}, {1, 0x10}, {1, 0x20}, {0, 0x10}};
    const struct usage_table *table = &modules_used;

    begin(2);
    put_chain(frames, 4, 0x40);
    start.eip_known = false;
    start.ebp = 0;
    count_all();
    ok(used(table, USAGE_BEFORE, 4, 0) && used(table, module_key(1), 0x30, 2) && used(table, module_key(0), 0x10, 1),
       "the bytes before the first frame by themselves");

    begin(2);
    put_chain(frames, 4, 0x40);
    start.eip = 0x12345678;
    count_all();
    ok(used(table, USAGE_UNKNOWN, 4, 1), "and those of code that is in no module");

    begin(2);
    put_chain(frames, 4, 0x40);
    count_all();
    ok(used(&functions_used, USAGE_UNKNOWN, 0x44, 4), "by function: those without a symbol together");
}

/* More users than entries, in every number that needs one pass more: each module has a frame, and one more each third.
 */
static void test_many(unsigned module_count)
{
    struct frame frames[2 * MODULES_MOST];
    const struct usage_table *table = &modules_used;
    unsigned count = 0;
    uint32_t bytes = 0, frame_count = 0;
    bool right = true, ordered = true;

    begin(module_count);
    for (unsigned i = 0; i < module_count; i++)
        frames[count++] = (struct frame){i * 7 % module_count, 8 + 4 * (i % 50)};
    for (unsigned i = 0; i < module_count; i += 3)
        frames[count++] = (struct frame){i, 0x10};
    put_chain(frames, count, 8);
    count_all();
    for (uint32_t i = 0; i < table->count; i++) {
        const struct usage *usage = &table->entries[i];
        uint32_t expected_bytes = usage->key == USAGE_REST ? 8 : 0;
        uint32_t expected_frames = 0;

        for (unsigned j = 0; j < count; j++)
            if (module_key(frames[j].module) == usage->key) {
                expected_bytes += frames[j].bytes;
                expected_frames++;
            }
        right = right && usage->bytes == expected_bytes && usage->frames == expected_frames;
        ordered = ordered && (i == 0 || usage->bytes <= table->entries[i - 1].bytes);
        bytes += usage->bytes;
        frame_count += usage->frames;
    }
    bytes += table->others.bytes;
    frame_count += table->others.frames;
    ok(right && ordered && bytes == totals.bytes && frame_count == totals.frames && totals.frames == count &&
           table->count + table->other_count == module_count + 1 && totals.bytes == STACK_BASE - start.esp,
       "%u modules: each sum, their order, all together", module_count);
    ok(table->other_count == 0 || table->others.bytes <= table->other_count * table->entries[table->count - 1].bytes,
       "%u modules: those left out have the fewest bytes", module_count);
}

/* Frames in a row are one entry, also when many others have to be passed by, or when there is something else in between. */
static void test_entered(void)
{
    static const struct frame frames[] = {{0, 8}, {0, 8}, {1, 8}, {0, 8}, {0, 8}, {0, 8}, {1, 8}, {1, 8}};
    struct frame many[MODULES_MOST];
    const struct usage_table *table = &modules_used;
    bool right = true;

    begin(2);
    put_chain(frames, 8, 8);
    count_all();
    ok(entered(table, module_key(0), 2) && entered(table, module_key(1), 2), "a run of frames is one entry");

    begin(MODULES_MOST);
    for (unsigned i = 0; i < MODULES_MOST; i++)
        many[i] = (struct frame){i % 2 ? i : 0, 8};
    put_chain(many, MODULES_MOST, 8);
    count_all();
    for (uint32_t i = 0; i < table->count; i++) {
        bool first = table->entries[i].key == module_key(0);

        right = right && table->entries[i].entered == (first ? MODULES_MOST / 2 : table->entries[i].frames);
    }
    ok(right && entered(table, module_key(0), MODULES_MOST / 2), "in every pass");
    ok(table->others.entered == table->others.frames, "also of those left out");
}

/* More functions than are told apart, each with a frame of 8 bytes, but for one that is met early or late. */
static void test_cut(unsigned large)
{
    enum { FUNCTIONS = USAGE_TOLD_APART + 500, FUNCTION_SIZE = 0x20, LARGE = 0x2000 };
    static struct frame frames[FUNCTIONS];
    const struct usage_table *table = &functions_used;
    struct table *names = table_new();
    uint32_t size, sum;
    void *built;

    table_range(names, CODE, CODE + FUNCTIONS * FUNCTION_SIZE, table_module(names, "module"));
    for (unsigned i = 0; i < FUNCTIONS; i++)
        table_symbol(names, CODE + i * FUNCTION_SIZE, "function");
    built = table_build(names, &size);
    begin(0);
    code_open(&code, built, 0);
    for (unsigned i = 0; i < FUNCTIONS; i++)
        frames[i] = (struct frame){i, i == large ? LARGE : 8};
    function_size = FUNCTION_SIZE;
    put_chain(frames, FUNCTIONS, 8);
    function_size = MODULE_SIZE;
    count_all();
    sum = table->others.bytes;
    for (uint32_t i = 0; i < table->count; i++)
        sum += table->entries[i].bytes;
    ok(totals.frames == FUNCTIONS && sum == totals.bytes && sum == (FUNCTIONS - 1) * 8 + LARGE + 8,
       "%u functions: nothing is lost", (unsigned)FUNCTIONS);
    if (large < USAGE_TOLD_APART / 2)
        ok(table->cut && table->count == 1 && used(table, CODE + large * FUNCTION_SIZE, LARGE, 1),
           "only the one that has certainly more than any other is listed");
    else
        ok(table->cut && table->count == 0, "none is listed when one that was not told apart may have more");
    free(built);
    table_free(names);
}

int main(void)
{
    test_few();
    test_what_is_no_module();
    test_entered();
    test_many(31);
    test_many(32);
    test_many(33);
    test_many(62);
    test_many(100);
    test_many(MODULES_MOST);
    test_cut(3);
    test_cut(USAGE_TOLD_APART + 400);
    return tap_end();
}
