/* The report: its parts in order, each under a guard, and the line that ends it. */
#include "report.h"

#include <stddef.h>

#include "facts.h"
#include "instruction.h"
#include "parts.h"
#include "sum.h"

/* What the double-fault task works on. There is one crash: the first. */
static struct scene scene;

/* In this order. */
enum part_number {
    PART_LISTS,
    PART_SYMBOLS,
    PART_STACK,
    PART_WALK,
    PART_VERDICT,
    PART_HEADLINE, /* the first to print anything */
    PART_LOSSES,
    PART_REGISTERS,
    PART_ROWS,
    PART_MODULES,
    PART_FUNCTIONS,
    PART_FRAMES,
    PART_STACKS,
    PART_CHANGES,
    PART_SUMS,
    PART_COUNT
};

struct part {
    const char *name;
    void (*run)(void *);
};

/* How far the report has come; a second double fault goes on behind it. */
static uint32_t next_part;

/* What stands fast once the headline begins: all of scene from crash on. */
#define FACTS ((uint32_t *)&scene.crash)
#define FACTS_WORDS ((sizeof(struct scene) - offsetof(struct scene, crash)) / 4)
_Static_assert(sizeof(struct scene) % 4 == 0 && offsetof(struct scene, crash) % 4 == 0, "in whole words");

static uint32_t facts_copy[FACTS_WORDS];
static uint32_t facts_check;

static void check_lists(void *unused)
{
    (void)unused;
    registry_check(scene.machine, &scene.registered);
}

static void open_symbols(void *unused)
{
    (void)unused;
    place_begin(&scene);
    code_open(&scene.code, &ksg_symbol_table, registry_modules());
}

static void find_stack(void *unused)
{
    (void)unused;
    stack_find(scene.machine, &scene.code, &scene.crash, &scene.range);
    clues_of_registers(scene.machine, &scene.code, &scene.crash, &scene.range, &scene.clues);
}

/* In the order of instructions' numbers. */
static const uint32_t *registers_of(const struct crash *crash)
{
    static uint32_t registers[REGISTER_EDI + 1];

    registers[REGISTER_EAX] = crash->eax;
    registers[REGISTER_ECX] = crash->ecx;
    registers[REGISTER_EDX] = crash->edx;
    registers[REGISTER_EBX] = crash->ebx;
    registers[REGISTER_ESP] = crash->esp;
    registers[REGISTER_EBP] = crash->ebp;
    registers[REGISTER_ESI] = crash->esi;
    registers[REGISTER_EDI] = crash->edi;
    return registers;
}

/* Where the walk starts: an ESP below the limit still has its frames above it. Without an ESP only the frame at EBP is known,
   which may be the running function's or not. */
static void start_walk(void)
{
    const struct stack_range *range = &scene.range;
    struct walk_start *start = &scene.start;

    start->view.memory = &scene.machine->memory;
    start->view.code = &scene.code;
    start->view.limit = range->from < range->limit ? range->from : range->limit;
    start->view.base = range->base;
    start->view.kernel_cs = crash_in_user_mode(&scene.crash) ? 0 : scene.crash.cs;
    start->esp = range->from;
    start->ebp = scene.crash.ebp;
    start->registers = registers_of(&scene.crash);
    start->eip = scene.crash.eip;
    start->eip_known = !scene.crash.eip_unknown && !scene.clues.came_by_return &&
                       (range->tie != TIE_EBP_ONLY || scene.clues.frame_by_ebp);
    start->stacks = registry_stacks();
}

static void add_up(void *unused)
{
    const struct stack_range *range = &scene.range;
    bool frames = range->source != STACK_NOT_FOUND && range->from < range->base && !crash_in_user_mode(&scene.crash);

    (void)unused;
    if (!frames)
        return;
    start_walk();
    usage_find(&scene.start, &scene.totals, &scene.modules, &scene.functions);
    fold_summarize(&scene.start, &scene.folded);
    biggest_find(&scene.start, &scene.biggest);
    clues_of_rows(&scene.start, &scene.range, &scene.folded, &scene.biggest, &scene.functions, &scene.clues);
    scene.stack_crc = losses_stack_crc(&scene);
    scene.walked = true;
}

static void judge(void *unused)
{
    (void)unused;
    verdict_find(&scene.crash, &scene.range, &scene.clues, &scene.verdict);
    if (scene.verdict.kind == VERDICT_NO_STACK && (scene.registered.stacks || scene.registered.stacks_cut))
        scene.verdict.certainty = CERTAINTY_LIKELY; /* it may be on one that was left out */
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

static void functions(void *unused)
{
    (void)unused;
    part_functions(&scene);
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

static void losses(void *unused)
{
    (void)unused;
    part_losses(&scene);
}

static void changes(void *unused)
{
    (void)unused;
    part_changes(&scene);
}

static void sums(void *unused)
{
    (void)unused;
    print_sums(&scene.print);
}

static const struct part parts[PART_COUNT] = {
    [PART_LISTS] = {"lists", check_lists},
    [PART_SYMBOLS] = {"symbols", open_symbols},
    [PART_STACK] = {"stack", find_stack},
    [PART_WALK] = {"walk", add_up},
    [PART_VERDICT] = {"verdict", judge},
    [PART_HEADLINE] = {"headline", headline},
    [PART_LOSSES] = {"losses", losses},
    [PART_REGISTERS] = {"registers", registers},
    [PART_ROWS] = {"rows", rows},
    [PART_MODULES] = {"modules", modules},
    [PART_FUNCTIONS] = {"functions", functions},
    [PART_FRAMES] = {"frames", frames},
    [PART_STACKS] = {"stacks", stacks},
    [PART_CHANGES] = {"changes", changes},
    [PART_SUMS] = {"sums", sums},
};

/* A report begins with its headline: what is lost before is named behind it. */
static void lose(uint32_t number, const struct fault *fault)
{
    if (number >= PART_HEADLINE) {
        print_lost_part(&scene, parts[number].name, fault);
        return;
    }
    if (scene.early_count >= EARLY_LOSSES)
        return;
    scene.early[scene.early_count].part = parts[number].name;
    scene.early[scene.early_count++].fault = *fault;
}

/* A part during which the facts were overwritten may have said anything. For the next ones they are made good. */
static void check_facts(uint32_t number)
{
    if (facts_whole(FACTS, FACTS_WORDS, facts_check))
        return;
    print_lost_facts(&scene, parts[number].name);
    if (!facts_restore(FACTS, facts_copy, FACTS_WORDS, facts_check) && next_part < PART_SUMS)
        next_part = PART_SUMS;
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

static void run_part(uint32_t number)
{
    struct fault fault;

    next_part = number + 1;
    if (!scene.machine->guard(scene.machine, parts[number].run, 0, &fault))
        lose(number, &fault);
}

static void run_parts(void)
{
    while (next_part < PART_HEADLINE)
        run_part(next_part);
    if (next_part == PART_HEADLINE)
        facts_check = facts_keep(FACTS, facts_copy, FACTS_WORDS);
    while (next_part < PART_COUNT) {
        uint32_t number = next_part;

        run_part(number);
        check_facts(number);
    }
    print_end();
}

void report_crash(struct machine *machine, const struct crash *crash)
{
    scene.machine = machine;
    scene.crash = *crash;
    scene.range.source = STACK_NOT_FOUND;
    scene.clues = (struct clues){0};
    scene.verdict = (struct verdict){0};
    scene.walked = false;
    next_part = 0;
    scene.early_count = 0;
    scene.registered = (struct registry_losses){0, 0, false, false, 0};
    scene.code.table_damaged = false;
    print_begin(&scene.print, machine);
    run_parts();
}

void report_resume(struct machine *machine, const struct fault *fault)
{
    scene.machine = machine;
    scene.print.machine = machine;
    lose(next_part ? next_part - 1 : 0, fault);
    run_parts();
}
