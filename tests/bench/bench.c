/*
 * The benchmark kernel: counts instructions, with the time stamp counter of a QEMU that runs under -icount shift=0.
 * It is linked with the module's own objects instead of ksg.o, so that it can also call the walker by itself.
 *
 * Prints lines of a name and a number; tests/bench/bench.sh runs it.
 */
#include "kernel.h"

#include "registry.h"
#include "walk.h"

#define DEPTH 200
#define ROWS_MEASURED 30
#define REPORT_ROOM 65536
#define LINE_LONGEST 82

static uint32_t instructions(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low;
}

static void print_figure(const char *name, uint32_t number)
{
    char digits[11];
    char *digit = digits + sizeof digits - 1;

    *digit = 0;
    do {
        *--digit = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    console_print(name);
    console_print(" ");
    console_print(digit);
    console_print("\n");
}

/* --- the walk alone --- */

static bool find_identity(struct memory *memory, uint32_t address, struct window *window)
{
    (void)memory;
    window->start = address & ~0xfffu;
    window->bytes = (const uint8_t *)window->start;
    window->size = 0x1000;
    return true;
}

static struct memory memory = {.find = find_identity};
static struct code code;

__attribute__((noinline)) static void measure_walk(void)
{
    static struct walk walk;
    struct walk_start start;
    struct row row;
    uint32_t frames = 0;
    uint32_t before;

    code_open(&code, &ksg_symbol_table, 0);
    start.view.memory = &memory;
    start.view.code = &code;
    start.view.limit = thread_current->stack.limit;
    start.view.base = thread_current->stack.base;
    start.view.kernel_cs = KERNEL_CODE;
    start.ebp = (uint32_t)__builtin_frame_address(0);
    start.esp = start.ebp - 64;
    start.eip = (uint32_t)measure_walk + 16;
    start.eip_known = true;
    start.stacks = 0;

    walk_begin(&walk, &start);
    for (unsigned i = 0; i < 8; i++) /* what comes before the recursion */
        walk_next(&walk, &row);
    before = instructions();
    while (frames < DEPTH - 16 && walk_next(&walk, &row))
        frames++;
    print_figure("walk.instructions_per_frame", (instructions() - before) / frames);
    print_figure("walk.frames_measured", row.kind == ROW_FRAME && row.trust == TRUST_CHAINED ? frames : 0);
}

/* Three functions that call one another directly, so that every link is verified. */
static void second(unsigned depth);
static void third(unsigned depth);

__attribute__((noinline)) static void first(unsigned depth)
{
    if (depth == 0)
        measure_walk();
    else
        second(depth - 1);
    __asm__ volatile("");
}

__attribute__((noinline)) static void second(unsigned depth)
{
    if (depth == 0)
        measure_walk();
    else
        third(depth - 1);
    __asm__ volatile("");
}

__attribute__((noinline)) static void third(unsigned depth)
{
    if (depth == 0)
        measure_walk();
    else
        first(depth - 1);
    __asm__ volatile("");
}

static void walk_thread(void)
{
    first(DEPTH);
}

/* --- a report into memory --- */

static uint32_t overflow_at;   /* the last reading before the double fault: a handful of instructions early */
static uint32_t first_line_at;
static uint32_t first_row_at, last_row_at;
static uint32_t rows, lines;
static char report[REPORT_ROOM];
static char *line = report, *end = report;

/* A row of a function begins with its bytes, in the column of the ones, and goes on with a name. */
static bool is_row(void)
{
    return end - line > 28 && line[7] != ' ' && line[8] == ' ' && line[17] == ' ' && line[26] == ' ' && line[27] != '(';
}

static void end_line(void)
{
    if (lines++ == 0)
        first_line_at = instructions();
    if (is_row() && rows <= ROWS_MEASURED) {
        if (rows++ == 0)
            first_row_at = instructions();
        last_row_at = instructions();
    }
    line = end;
    if (report + sizeof report - end < LINE_LONGEST)
        kernel_panic("the report is too long");
}

/* What a kernel with a log in memory would do, and no more: it counts. */
static void put(void *context, char character)
{
    (void)context;
    *end++ = character;
    if (character == '\n')
        end_line();
}

static void finish(void *context)
{
    uint32_t finished_at = instructions();
    uint32_t bytes = (uint32_t)(end - report);

    (void)context;
    print_figure("report.instructions_to_first_line", first_line_at - overflow_at);
    print_figure("report.instructions_per_row", rows > 1 ? (last_row_at - first_row_at) / (rows - 1) : 0);
    print_figure("report.rows_measured", rows > 1 ? rows - 1 : 0);
    print_figure("report.instructions_in_all", finished_at - overflow_at);
    print_figure("report.bytes", bytes);
    print_figure("report.lines", lines);
    exit_machine(EXIT_REPORTED);
}

static uint32_t sequence = 1;

static uint32_t deeper(uint32_t depth);

#define FUNCTION(name, n)                                                                                           \
    __attribute__((noinline)) static uint32_t name(uint32_t depth)                                                 \
    {                                                                                                              \
        depth = deeper(depth + n);                                                                                 \
        __asm__ volatile("" : "+r"(depth)); /* no jump instead of the call */                                      \
        return depth;                                                                                              \
    }
FUNCTION(alpha, 1)
FUNCTION(beta, 2)
FUNCTION(gamma, 3)
FUNCTION(delta, 4)

/* Without end, in an order that does not repeat, so that no row is folded. */
__attribute__((noinline)) static uint32_t deeper(uint32_t depth)
{
    sequence = sequence * 1103515245u + 12345u;
    overflow_at = instructions();
    switch (sequence >> 30) {
    case 0:
        return alpha(depth) + 1;
    case 1:
        return beta(depth) + 1;
    case 2:
        return gamma(depth) + 1;
    default:
        return delta(depth) + 1;
    }
}

static void overflow_thread(void)
{
    deeper(0);
}

void scenario(void)
{
    struct ksg_config config = {.put = put, .finish = finish};

    kernel_install(&config);
    thread_run("walk", 0x4000, walk_thread);
    thread_run("overflow", 0x1000, overflow_thread);
}
