/*
 * The benchmark kernel: counts instructions, with the time stamp counter of a QEMU that runs under -icount shift=0.
 * It is linked with the module's own objects instead of ksg.o, so that it can also call the walker by itself.
 *
 * Prints lines of a name and a number; tests/bench/bench.sh runs it.
 */
#include "kernel.h"

#include "registry.h"
#include "usage.h"
#include "walk.h"

#define DEPTH 200
#define ROWS_MEASURED 30
#define REPORT_ROOM 65536
#define LINE_LONGEST 82
#define LINES_MOST 512

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

/* All but the first page is mapped. */
static bool find_identity(struct memory *memory, uint32_t address, struct window *window)
{
    (void)memory;
    if (address < PAGE_SIZE)
        return false;
    window->start = address & PAGE_ADDRESS;
    window->bytes = (const uint8_t *)window->start;
    window->size = PAGE_SIZE;
    return true;
}

static struct memory memory = {.find = find_identity};
static struct code code;

__attribute__((noinline)) static void measure_walk(void)
{
    static struct walk walk;
    static struct usage_totals totals;
    static struct usage_table modules, functions;
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
    start.registers = 0;

    walk_begin(&walk, &start);
    for (unsigned i = 0; i < 8; i++) /* what comes before the recursion */
        walk_next(&walk, &row);
    before = instructions();
    while (frames < DEPTH - 16 && walk_next(&walk, &row))
        frames++;
    print_figure("walk.instructions_per_frame", (instructions() - before) / frames);
    print_figure("walk.frames_measured", row.kind == ROW_FRAME && row.trust == TRUST_CHAINED ? frames : 0);

    before = instructions();
    usage_find(&start, &totals, &modules, &functions);
    print_figure("accounting.instructions_per_frame", (instructions() - before) / totals.frames);
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

/* --- painted stacks --- */

#define PAINTED 8
#define CALLS 8 /* in which each word of a canary is looked at */

static void measure_check(void)
{
    static struct ksg_stack painted[PAINTED];
    uint32_t before;

    for (unsigned i = 0; i < PAINTED; i++) {
        painted[i].limit = page_allocate(1);
        painted[i].base = painted[i].limit + PAGE_SIZE;
        ksg_add_stack(&painted[i]);
        ksg_paint(&painted[i]);
    }
    before = instructions();
    for (unsigned i = 0; i < CALLS; i++)
        ksg_check_stacks();
    print_figure("check.instructions_per_stack", (instructions() - before) / CALLS / PAINTED);
    for (unsigned i = 0; i < PAINTED; i++)
        ksg_remove_stack(&painted[i]);
}

/* --- a report into memory --- */

static uint32_t deepest_at; /* the last reading before the report: a handful of instructions early */
static char report[REPORT_ROOM];
static char *end = report;
static struct {
    const char *text;
    uint32_t at; /* instructions, when it was handed over */
} lines[LINES_MOST + 1];
static uint32_t line_count;

/* What a kernel with a log in memory would do, and no more than note the time. */
static void KSG_CALL write(void *context, const char *text, unsigned length)
{
    uint32_t words = length / 4;

    (void)context;
    if (report + sizeof report - end < LINE_LONGEST || line_count == LINES_MOST)
        kernel_panic("the report is too long");
    lines[line_count].text = end;
    lines[line_count++].at = instructions();
    __asm__ volatile("rep movsl; mov %3, %%ecx; rep movsb"
                     : "+D"(end), "+S"(text), "+c"(words)
                     : "r"(length % 4)
                     : "memory");
    lines[line_count].text = end;
}

/* A row of a function begins with its bytes, in the column of the ones, and goes on with a name. */
static bool is_row(uint32_t line)
{
    const char *text = lines[line].text;

    return lines[line + 1].text - text > 28 && text[7] != ' ' && text[8] == ' ' && text[17] == ' ' && text[26] == ' ' &&
           text[27] != '(';
}

/* Of lines, one after the other, that each begin where the line before it is out. */
static void print_row_figure(const char *name)
{
    uint32_t first = 0;
    uint32_t rows = 0;

    while (first < line_count && !is_row(first))
        first++;
    for (uint32_t line = first; line < first + ROWS_MEASURED && line < line_count; line++)
        rows += is_row(line);
    print_figure(name, first + ROWS_MEASURED < line_count ? (lines[first + ROWS_MEASURED].at - lines[first].at) / rows : 0);
}

static void KSG_CALL finish(void *context)
{
    uint32_t finished_at = instructions();

    (void)context;
    print_figure("report.instructions_to_first_line", lines[0].at - deepest_at);
    print_row_figure("report.instructions_per_row");
    print_figure("report.instructions_in_all", finished_at - deepest_at);
    print_figure("report.bytes", (uint32_t)(end - report));
    print_figure("report.lines", line_count);
    exit_machine(EXIT_REPORTED);
}

static uint32_t sequence = 1;
static uint32_t turn;
static bool repeating;   /* now and then the same calls come three times and more, and are folded */
static uint32_t deepest; /* where a report is asked for; 0: nowhere */

static uint32_t deeper(uint32_t depth);

#define FUNCTION(name, n)                                                                                           \
    __attribute__((noinline)) static uint32_t name(uint32_t depth)                                                 \
    {                                                                                                              \
        depth = deeper(depth + n);                                                                                 \
        __asm__ volatile("" : "+r"(depth)); /* no jump instead of the call */                                      \
        return depth;                                                                                              \
    }
FUNCTION(alpha, 1)
FUNCTION(beta, 1)
FUNCTION(gamma, 1)
FUNCTION(delta, 1)

/* The sequence of Thue and Morse, whose elements are the parities of 0, 1, 2, 3 ...: nothing in it comes three times in a
   row, so that no call is folded. */
static uint32_t thue_morse(uint32_t number)
{
    uint32_t parity = 0;

    for (; number; number >>= 1)
        parity ^= number & 1;
    return parity;
}

static uint32_t next_function(void)
{
    sequence = sequence * 1103515245u + 12345u;
    return repeating ? sequence >> 30 : thue_morse(turn++) << 1 | sequence >> 31;
}

__attribute__((noinline)) static uint32_t deeper(uint32_t depth)
{
    deepest_at = instructions();
    if (depth == deepest) {
        ksg_report(0, 0);
        return 0;
    }
    switch (next_function()) {
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

static void report_thread(void)
{
    repeating = true;
    deepest = 100;
    deeper(1);
    print_row_figure("report.instructions_per_row_folding");
    end = report;
    line_count = 0;
    repeating = false;
    deepest = 0;
}

static void overflow_thread(void)
{
    deeper(1);
}

void scenario(void)
{
    struct ksg_config config = {.write = write, .finish = finish};

    kernel_install(&config);
    measure_check();
    thread_run("walk", 0x4000, walk_thread);
    thread_run("report", 0x4000, report_thread);
    thread_run("overflow", 0x1000, overflow_thread);
}
