/* The report: its parts in order, each under a guard, and the line that ends it. */
#include "report.h"

#include "parts.h"
#include "registry.h"
#include "sum.h"

/* What the double-fault task works on. There is one crash: the first. */
static struct scene scene;

/* How far the report has come; a second double fault goes on behind it. */
static uint32_t next_part;

struct part {
    const char *name;
    void (*run)(void *);
};

static void find_stack(void *unused)
{
    (void)unused;
    stack_find(scene.machine, &scene.crash, &scene.range);
}

static void judge(void *unused)
{
    (void)unused;
    verdict_find(scene.machine, &scene.crash, &scene.range, &scene.verdict);
}

/* Where the walk starts: an ESP below the limit still has its frames above it. */
static void start_walk(void)
{
    const struct stack_range *range = &scene.range;
    struct walk_start *start = &scene.start;

    start->view.memory = &scene.machine->memory;
    start->view.code = &scene.code;
    start->view.limit = range->pointer < range->limit ? range->pointer : range->limit;
    start->view.base = range->base;
    start->view.kernel_cs = crash_in_user_mode(&scene.crash) ? 0 : scene.crash.cs;
    start->esp = range->pointer;
    start->ebp = scene.crash.ebp;
    start->eip = scene.crash.eip;
    start->eip_known = !scene.crash.eip_unknown;
    start->stacks = registry_stacks();
}

static void add_up(void *unused)
{
    const struct stack_range *range = &scene.range;
    bool frames = range->source != STACK_NOT_FOUND && range->pointer < range->base && !crash_in_user_mode(&scene.crash);

    (void)unused;
    code_open(&scene.code, &ksg_symbol_table, registry_modules());
    if (!frames)
        return;
    start_walk();
    usage_total(&scene.start, &scene.totals);
    usage_count(&scene.start, USAGE_BY_MODULE, &scene.modules);
    fold_summarize(&scene.start, &scene.folded);
    biggest_find(&scene.start, &scene.biggest);
    scene.walked = true;
}

static void headline(void *unused)
{
    (void)unused;
    part_headline(&scene);
}

static void registers(void *unused)
{
    (void)unused;
    part_registers(&scene);
}

static void rows(void *unused)
{
    (void)unused;
    part_rows(&scene);
}

static void modules(void *unused)
{
    (void)unused;
    part_modules(&scene);
}

static void frames(void *unused)
{
    (void)unused;
    part_frames(&scene);
}

static void stacks(void *unused)
{
    (void)unused;
    part_stacks(&scene);
}

static void sums(void *unused)
{
    (void)unused;
    print_sums(&scene.print);
}

static const struct part parts[] = {
    {"stack", find_stack}, {"verdict", judge}, {"walk", add_up},     {"headline", headline},
    {"registers", registers}, {"rows", rows},  {"modules", modules}, {"frames", frames}, {"stacks", stacks},
    {"sums", sums},
};

#define PART_COUNT (sizeof parts / sizeof parts[0])

/* The current part is lost: says what happened where, on a line of its own. */
static void print_loss(const char *part, const struct fault *fault)
{
    struct print *print = &scene.print;

    if (print->column)
        print_line_end(print);
    print_string(print, "**** lost: ");
    print_string(print, part);
    print_string(print, ": ");
    print_string(print, verdict_vector_name(fault->vector));
    print_string(print, " in the handler at eip ");
    print_hex8(print, fault->eip);
    if (fault->vector == VECTOR_PF) {
        print_string(print, ", cr2 ");
        print_hex8(print, fault->address);
    }
    print_line_end(print);
}

static void print_end(void)
{
    struct print *print = &scene.print;
    uint32_t crc = print->crc;

    print_string(print, "======== end of report: ");
    print_decimal(print, print->lines);
    print_string(print, " lines, crc ");
    print_hex8(print, crc);
    print_string(print, "; used ");
    print_hex(print, scene.machine->stack_used(scene.machine));
    print_string(print, " of ");
    print_hex(print, scene.machine->stack_size);
    print_string(print, " ========");
    print_own_sum(print);
    print_line_end(print);
}

static void run_parts(void)
{
    while (next_part < PART_COUNT) {
        const struct part *part = &parts[next_part++];
        struct fault fault;

        if (!scene.machine->guard(scene.machine, part->run, 0, &fault))
            print_loss(part->name, &fault);
    }
    print_end();
}

void report_crash(struct machine *machine, const struct crash *crash)
{
    scene.machine = machine;
    scene.crash = *crash;
    scene.range.source = STACK_NOT_FOUND;
    scene.verdict.kind = VERDICT_UNKNOWN;
    scene.walked = false;
    next_part = 0;
    print_begin(&scene.print, machine);
    run_parts();
}

void report_resume(struct machine *machine, const struct fault *fault)
{
    scene.machine = machine;
    scene.print.machine = machine;
    print_loss(next_part ? parts[next_part - 1].name : "start", fault);
    run_parts();
}
