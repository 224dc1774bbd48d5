/*
 * Walks random stacks with random registers over random code:
 *
 *     walk RUNS SEED        so many worlds; a failure names the run, and `walk 1 SEED RUN` repeats it alone
 *     walk cost BYTES       memory reads of one recovery on a stack of so many bytes, by the word
 *
 * To be built with the address and the undefined behaviour sanitizer: each piece of memory is a piece of heap.
 *
 * Of every walk has to hold: it ends; ChildEBP goes strictly upward, but for stubs, which repeat it; the bytes add up;
 * each row can be named; a second walk gives the same; and so do the sums by module. Of every report: its lines are
 * printable and have 80 columns.
 */
#include <signal.h>
#include <unistd.h>

#include "../../kmod/host/fail.h"
#include "../unit/victim.h"
#include "recover.h"
#include "registry.h"
#include "report.h"
#include "usage.h"

const char program_name[] = "walk";

#define STACKS 3
#define WORDS_MOST 1024
#define MODULES 4
#define REPORT_EVERY 8  /* runs */
#define SECONDS_EACH 20 /* a run that takes longer hangs */

/* --- random numbers, and what a machine is made of --- */

static uint32_t random_state;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static uint32_t below(uint32_t limit)
{
    return (random_word() >> 3) % limit;
}

static bool one_in(uint32_t count)
{
    return below(count) == 0;
}

static struct world {
    struct pieces pieces;
    struct memory memory;
    struct code code;
    struct walk_start start;
    struct ksg_stack stacks[STACKS];
    unsigned stack_count;
    struct ksg_range ranges[MODULES];
    struct ksg_module modules[MODULES];
    unsigned module_count;
    uint32_t code_start, code_size;
} world;

static uint32_t stack_address(void)
{
    const struct ksg_stack *stack = &world.stacks[one_in(4) ? below(world.stack_count) : 0];
    uint32_t address = stack->limit + (below(stack->base - stack->limit + 16) & ~3u);

    return one_in(32) ? address + below(4) : address;
}

/* A return address, a function's start, or any address of the code. */
static uint32_t code_address(void)
{
    uint32_t marks = (uint32_t)(__stop_victim_marks - __start_victim_marks);

    if (one_in(4))
        return world.code_start + below(world.code_size + 16);
    return world.code_start + __start_victim_marks[below(marks)].offset;
}

static uint32_t small_word(void)
{
    static const uint32_t words[] = {0, 8, 0x10, USER_CS, USER_SS, EFLAGS, EFLAGS_V86, 2, 0x1000, 0xffffffff};

    return words[below(sizeof words / sizeof words[0])];
}

static uint32_t any_word(void)
{
    switch (below(8)) {
    case 0:
        return random_word();
    case 1:
    case 2:
        return stack_address();
    case 3:
    case 4:
        return code_address();
    default:
        return small_word();
    }
}

/* --- a world --- */

static uint32_t *words_of(const struct ksg_stack *stack)
{
    struct window window;

    return pieces_find(&world.memory, stack->limit, &window) ? (uint32_t *)(uintptr_t)window.bytes : 0;
}

/* Frames that lead up the stack as calls would have left them. */
static void put_chain(uint32_t *words, uint32_t count, uint32_t limit)
{
    uint32_t at = below(count);
    uint32_t frames = below(40);

    while (frames-- > 0) {
        uint32_t next = at + 2 + below(12);

        if (next + 1 >= count)
            return;
        words[at] = limit + 4 * next;
        words[at + 1] = code_address();
        at = next;
    }
    words[at] = one_in(2) ? 0 : random_word();
}

/* pushad's image, perhaps a vector and an error code, and what the CPU pushed. */
static void put_trap(uint32_t *words, uint32_t count, uint32_t limit)
{
    uint32_t at = below(count);
    bool user = one_in(3);
    bool virtual_8086 = user && one_in(3);

    if (at + 24 > count)
        return;
    words[at + 2] = stack_address();
    words[at + 3] = limit + 4 * at + 32;
    at += 8 + below(3);
    words[at++] = one_in(8) ? random_word() : code_address();
    words[at++] = user ? virtual_8086 ? 0xf000 : USER_CS : KERNEL_CS;
    words[at++] = virtual_8086 ? EFLAGS_V86 : EFLAGS;
    if (user) {
        words[at++] = random_word();
        words[at] = USER_SS;
    }
}

static void make_stack(struct ksg_stack *stack, uint32_t limit)
{
    uint32_t count = 4 + below(one_in(4) ? WORDS_MOST : 100);
    uint32_t *words;

    *stack = (struct ksg_stack){.name = "stack", .limit = limit, .base = limit + 4 * count};
    words = (uint32_t *)(void *)pieces_add(&world.pieces, limit, 4 * count);
    world.stack_count++;
    for (uint32_t i = 0; i < count; i++)
        words[i] = one_in(2) ? any_word() : 0;
}

static void fill_stack(const struct ksg_stack *stack)
{
    uint32_t count = (stack->base - stack->limit) / 4;
    uint32_t *words = words_of(stack);

    for (uint32_t i = below(6); i > 0; i--)
        put_chain(words, count, stack->limit);
    for (uint32_t i = below(6); i > 0; i--)
        put_trap(words, count, stack->limit);
}

/* The victim's code, as it is, with some bytes changed, or only random bytes; or none. */
static void make_code(void)
{
    uint8_t *bytes;

    world.code_start = one_in(8) ? 0x8000 : one_in(8) ? 0u - code_size() : CODE;
    world.code_size = code_size();
    if (one_in(8))
        return;
    bytes = pieces_add(&world.pieces, world.code_start, world.code_size);
    memcpy(bytes, victim_start, world.code_size);
    for (uint32_t i = one_in(2) ? below(200) : 0; i > 0; i--)
        bytes[below(world.code_size)] = (uint8_t)random_word();
    if (one_in(16))
        for (uint32_t i = 0; i < world.code_size; i++)
            bytes[i] = (uint8_t)random_word();
}

/* What is known of the code: nothing, the table, or modules with and without one. */
static void make_knowledge(void)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};
    bool known = !one_in(4);
    bool embedded = known && world.code_start == CODE && one_in(2);

    for (unsigned i = 0; known && !embedded && i < MODULES; i++) {
        uint32_t start = i * (world.code_size / MODULES);

        world.ranges[i] =
            (struct ksg_range){world.code_start + start, world.code_start + start + world.code_size / MODULES};
        world.modules[i] = (struct ksg_module){.name = "module", .ranges = &world.ranges[i], .range_count = 1};
        if (one_in(2)) {
            world.modules[i].symbols = symbol_table();
            world.modules[i].symbols_offset = world.code_start - CODE;
        }
        if (world.ranges[i].start < world.ranges[i].end && ksg_add_module(&world.modules[i]) == KSG_OK)
            world.module_count = i + 1;
    }
    code_open(&world.code, embedded ? symbol_table() : &empty, registry_modules());
}

static void make_registers(void)
{
    const struct ksg_stack *stack = &world.stacks[0];
    struct walk_start *start = &world.start;
    uint32_t room = stack->base - stack->limit;

    start->view.memory = &world.memory;
    start->view.code = &world.code;
    start->view.base = stack->base;
    start->view.kernel_cs = one_in(4) ? 0 : KERNEL_CS;
    start->esp = one_in(8) ? stack->limit - below(64) : stack->limit + below(one_in(2) ? 64 : room) % room;
    start->view.limit = start->esp < stack->limit ? start->esp : stack->limit;
    start->ebp = one_in(4) ? any_word() : stack_address();
    start->eip = one_in(4) ? any_word() : code_address();
    start->eip_known = !one_in(8);
    start->stacks = one_in(2) ? registry_stacks() : 0;
}

static void end_world(void)
{
    for (unsigned i = 0; i < MODULES; i++)
        ksg_remove_module(&world.modules[i]);
    for (unsigned i = 0; i < STACKS; i++)
        ksg_remove_stack(&world.stacks[i]);
    pieces_free(&world.pieces);
}

static void make_world(uint32_t seed)
{
    static const uint32_t places[] = {0xc0201000, 0xc0301000, 0xc0401000};

    end_world();
    random_state = seed * 2654435761u | 1;
    random_word();
    memset(&world, 0, sizeof world);
    world.memory.find = pieces_find;
    world.memory.context = &world.pieces;
    make_code();
    for (unsigned i = 0; i < STACKS; i++)
        make_stack(&world.stacks[i], i == 0 && one_in(8) ? 0x100 : places[i]);
    if (world.code_start == CODE && one_in(16)) { /* near the end of the address space */
        world.stacks[0].limit += 0xffffff00 - world.stacks[0].base;
        world.stacks[0].base = 0xffffff00;
        world.pieces.list[world.pieces.count - STACKS].start = world.stacks[0].limit;
    }
    for (unsigned i = 0; i < STACKS; i++) {
        fill_stack(&world.stacks[i]);
        ksg_add_stack(&world.stacks[i]);
    }
    make_knowledge();
    make_registers();
}

/* --- what has to hold --- */

static uint32_t current_run;

static void hold(bool condition, const char *law)
{
    if (condition)
        return;
    fflush(stdout);
    fprintf(stderr, "run %" PRIu32 ": %s\n", current_run, law);
    abort();
}

static void hang(int signal_number)
{
    static const char text[] = "a walk does not end\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);

    (void)signal_number;
    (void)written;
    abort();
}

static void check_row(const struct row *row)
{
    char room[SYMBOLS_NAME_LONGEST];
    uint32_t offset, start;
    bool has_function = row->kind == ROW_FRAME || row->kind == ROW_LOST || row->kind == ROW_USER;

    hold(has_function == (row->function != 0), "a row that names a function has one, and no other has");
    hold((row->kind == ROW_SWITCH) == (row->kind == ROW_SWITCH && row->stack), "a switch leads to a stack");
    if (!row->function)
        return;
    hold(code_name(&world.code, row->function, row->pc, &offset, room).length <= SYMBOLS_NAME_LONGEST,
         "names are short");
    code_module_name(&world.code, code_module(row->function), &start);
}

struct sums {
    uint32_t rows, bytes, frames;
};

/* Walks, and checks each row; returns what the whole walk gave. */
static struct sums check_walk(uint32_t *trace)
{
    struct walk walk;
    struct row row;
    struct sums sums = {0, 0, 0};
    uint32_t rows_most = STACKS * 4 * (WORDS_MOST + 64);
    uint32_t reached = world.start.esp;
    uint32_t end = world.start.view.base;
    uint32_t child = 0;
    bool first_stack = true;

    walk_begin(&walk, &world.start);
    while (walk_next(&walk, &row)) {
        bool record = row.kind == ROW_FRAME && !row.stub;

        hold(sums.rows++ < rows_most, "there are as many rows as words at most");
        check_row(&row);
        *trace = *trace * 31 + row.kind + 7 * row.trust + 11 * row.bytes + 13 * row.pc;
        if (row.kind == ROW_FRAME)
            *trace = *trace * 31 + row.child_ebp + 7 * row.return_address;
        sums.bytes += row.bytes;
        sums.frames += row.kind == ROW_FRAME;
        hold(row.bytes <= end - reached, "no row reaches beyond its base");
        reached += row.bytes;
        if (row.kind == ROW_SWITCH) {
            hold(reached == end || !first_stack || end <= world.start.esp, "each stack's bytes add up to its base");
            first_stack = false;
            reached = row.stack->limit;
            end = row.stack->base;
            child = 0;
        }
        if (record) {
            hold(row.child_ebp > child || child == 0, "ChildEBP goes strictly upward");
            child = row.child_ebp;
        }
    }
    hold(walk.end != WALK_NOT_ENDED, "why it ended is known");
    hold(!walk_next(&walk, &row), "the end is the end");
    if (first_stack)
        hold(reached == end, "the bytes add up to base - esp");
    return sums;
}

static void check_usage(const struct sums *sums, enum usage_by by)
{
    struct usage_table table;
    struct sums counted = {0, 0, 0};

    usage_count(&world.start, by, &table);
    for (uint32_t i = 0; i < table.count; i++) {
        counted.bytes += table.entries[i].bytes;
        counted.frames += table.entries[i].frames;
    }
    hold(counted.bytes + table.others.bytes == sums->bytes && counted.frames + table.others.frames == sums->frames,
         "the sums add up to the whole");
}

/* --- the report --- */

static void check_text(struct machine *machine, const char *text, uint32_t count)
{
    static uint32_t column;

    (void)machine;
    for (uint32_t i = 0; i < count; i++) {
        bool line_end = text[i] == '\r' || text[i] == '\n';

        hold(line_end || (text[i] >= ' ' && text[i] <= '~'), "the report is printable");
        column = line_end ? 0 : column + 1;
        hold(column <= 80, "its lines have 80 columns");
    }
}

static bool guard(struct machine *machine, void (*part)(void *), void *argument, struct fault *fault)
{
    (void)machine;
    (void)fault;
    part(argument);
    return true;
}

static uint32_t stack_used(struct machine *machine)
{
    (void)machine;
    return 0;
}

static void check_report(void)
{
    struct machine machine = {.write = check_text, .guard = guard, .stack_used = stack_used};
    struct crash crash = {.kind = CRASH_DOUBLE_FAULT, .registers_known = true, .cs = KERNEL_CS};

    machine.memory = world.memory;
    crash.esp = world.start.esp;
    crash.ebp = world.start.ebp;
    crash.eip = world.start.eip;
    crash.eip_unknown = !world.start.eip_known;
    crash.cr2 = one_in(2) ? crash.esp - 4 : any_word();
    crash.esp0 = stack_address();
    if (one_in(8))
        crash.cs = USER_CS;
    report_crash(&machine, &crash);
}

static void run(uint32_t seed, uint32_t number)
{
    uint32_t once = 0, again = 0;
    struct usage_totals totals;
    struct sums sums;

    current_run = number;
    make_world(seed + number * 0x9e3779b9u);
    alarm(SECONDS_EACH);
    sums = check_walk(&once);
    check_walk(&again);
    hold(once == again, "a second walk gives the same");
    usage_total(&world.start, &totals);
    hold(totals.bytes == sums.bytes && totals.frames == sums.frames, "the totals are those of the rows");
    check_usage(&sums, USAGE_BY_MODULE);
    check_usage(&sums, USAGE_BY_FUNCTION);
    if (number % REPORT_EVERY == 0)
        check_report();
    alarm(0);
}

/* --- the cost of a recovery --- */

static uint64_t reads;

/* A window of one word, so that every word read is asked for. */
static bool find_one_word(struct memory *memory, uint32_t address, struct window *window)
{
    struct window whole;

    if (!pieces_find(memory, address, &whole))
        return false;
    reads++;
    window->start = address;
    window->bytes = whole.bytes + (address - whole.start);
    window->size = whole.size - (address - whole.start) < 4 ? whole.size - (address - whole.start) : 4;
    return true;
}

static void show_cost(uint32_t bytes)
{
    static const char *const names[] = {"zeros", "trash", "decoys", "frames"};
    uint32_t limit = 0xc0200000;
    uint32_t count = bytes / 4;

    for (unsigned kind = 0; kind < sizeof names / sizeof names[0]; kind++) {
        uint32_t *words;
        struct record head;

        make_world(1);
        pieces_free(&world.pieces);
        pieces_add(&world.pieces, CODE, code_size());
        memcpy((uint8_t *)(uintptr_t)world.pieces.list[0].bytes, victim_start, code_size());
        words = (uint32_t *)(void *)pieces_add(&world.pieces, limit, 4 * count);
        memset(&world.memory.data, 0, sizeof world.memory.data);
        memset(&world.memory.code, 0, sizeof world.memory.code);
        world.code_start = CODE;
        world.stacks[0].limit = world.start.view.limit = limit;
        world.stacks[0].base = world.start.view.base = limit + 4 * count;
        world.stack_count = 1;
        code_open(&world.code, symbol_table(), 0);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t upward = limit + 4 * i + 8 + (below(bytes) & ~3u);

            if (kind == 1)
                words[i] = any_word();
            else if (kind == 2) /* every second word leads up, and every other one is a return address */
                words[i] = i % 2 ? at("outer_pointer") : upward;
            else if (kind == 3)
                words[i] = i % 4 ? i % 4 == 1 ? at("middle_middle") : 0 : limit + 4 * i + 16;
        }
        world.memory.find = find_one_word;
        reads = 0;
        recover_chain(&world.start.view, limit, 0, 2, &head);
        printf("recovery_reads_per_word_%s %" PRIu64 ".%02" PRIu64 "\n", names[kind], reads / count,
               reads * 100 / count % 100);
    }
}

int main(int argc, char **argv)
{
    uint32_t runs, seed, first;

    if (argc == 3 && strcmp(argv[1], "cost") == 0) {
        show_cost((uint32_t)strtoul(argv[2], 0, 0));
        return 0;
    }
    if (argc != 3 && argc != 4)
        fail(EXIT_WRONG_COMMAND, "usage: walk RUNS SEED [FIRST] | walk cost BYTES");
    runs = (uint32_t)strtoul(argv[1], 0, 0);
    seed = (uint32_t)strtoul(argv[2], 0, 0);
    first = argc == 4 ? (uint32_t)strtoul(argv[3], 0, 0) : 0;
    signal(SIGALRM, hang);
    for (uint32_t i = 0; i < runs; i++)
        run(seed, first + i);
    end_world();
    printf("%" PRIu32 " walks\n", runs);
    return 0;
}
