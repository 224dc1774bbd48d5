/* The report: its parts in order, each under a guard, and the line that ends it. */
#include "report.h"

#include <stddef.h>

#include "facts.h"
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
    PART_TASKS,
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
    void (*run)(struct scene *scene);
};

/* Behind the part that runs, for what comes after a second double fault. */
static uint32_t next_part;
#define OVER (PART_COUNT + 1u) /* the end line is out */

/* What stands fast once the headline begins: all of scene from machine on, but for the cache. */
#define FACTS ((uint32_t *)&scene.machine)
#define FACTS_FIRST offsetof(struct scene, machine)
#define FACTS_END (offsetof(struct scene, code) + offsetof(struct code, cache))
#define FACTS_WORDS ((FACTS_END - FACTS_FIRST) / 4)
#define CRASH_WORDS (sizeof(struct crash) / 4)
_Static_assert(FACTS_FIRST % 4 == 0 && FACTS_END % 4 == 0 && sizeof(struct crash) % 4 == 0, "in whole words");

static uint32_t facts_copy[FACTS_WORDS];
static uint32_t facts_check;

/* Memory may be overwritten while it is worked on. So all is worked out twice: what the headline rests on until the same has
   come out two times in a row, and the text of each part once without printing it. */
#define TRIES_MOST 3

static struct {
    bool begun;
    struct tally before[3]; /* of what was printed before */
} rehearsal;

static bool is_rehearsed(uint32_t number)
{
    return number >= PART_HEADLINE && number < PART_CHANGES;
}

static void part_sums(struct scene *same)
{
    print_sums(&same->print);
}

static const struct part parts[PART_COUNT] = {
    [PART_LISTS] = {"lists", part_lists},
    [PART_SYMBOLS] = {"symbols", part_symbols},
    [PART_STACK] = {"stack", part_stack},
    [PART_WALK] = {"walk", part_walk},
    [PART_VERDICT] = {"verdict", part_verdict},
    [PART_HEADLINE] = {"headline", part_headline},
    [PART_LOSSES] = {"losses", part_losses},
    [PART_REGISTERS] = {"registers", part_registers},
    [PART_TASKS] = {"tasks", part_tasks},
    [PART_ROWS] = {"rows", part_rows},
    [PART_MODULES] = {"modules", part_modules},
    [PART_FUNCTIONS] = {"functions", part_functions},
    [PART_FRAMES] = {"frames", part_frames},
    [PART_STACKS] = {"stacks", part_stacks},
    [PART_CHANGES] = {"changes", part_changes},
    [PART_SUMS] = {"sums", part_sums},
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

/* What arch offers: as it was when it was handed over. */
static struct machine offered;
static uint32_t offered_sum;

static void take_machine(struct machine *machine)
{
    scene.machine = scene.print.machine = machine;
    machine->memory.data.size = machine->memory.code.size = 0;
    offered = *machine;
    offered_sum = facts_sum((const uint32_t *)&offered, sizeof offered / 4);
}

/* What is only kept so that it need not be found again may have been overwritten. What is found in a rehearsal still serves
   when the part is printed: if it has changed by then, the two differ. */
static void forget(void)
{
    for (unsigned i = 0; i < CODE_CACHE; i++)
        scene.code.cache[i].start = scene.code.cache[i].end = 0;
}

static void call_part(void *number)
{
    parts[*(const uint32_t *)number % PART_COUNT].run(&scene);
}

static bool run(uint32_t number, struct fault *fault)
{
    next_part = number + 1;
    if (facts_sum((const uint32_t *)&offered, sizeof offered / 4) == offered_sum)
        *scene.machine = offered;
    return scene.machine->guard(scene.machine, call_part, &number, fault);
}

static void run_part(uint32_t number)
{
    struct fault fault;

    forget();
    if (!run(number, &fault))
        lose(number, &fault);
}

/* --- what is printed --- */

static void write_nowhere(struct machine *machine, const char *text, uint32_t count)
{
    (void)machine, (void)text, (void)count;
}

static void end_rehearsal(void)
{
    rehearsal.begun = false;
    scene.print.machine = scene.machine;
    print_go_on(&scene.print, tally_of(rehearsal.before));
    scene.print.column = 0;
}

/* Returns the CRC of all lines up to the end of that part. */
static uint32_t rehearse(uint32_t number)
{
    static struct machine nowhere;
    struct fault fault;
    uint32_t crc;

    nowhere.write = write_nowhere;
    for (unsigned i = 0; i < 3; i++)
        rehearsal.before[i] = scene.print.tallies[i];
    rehearsal.begun = true;
    scene.print.machine = &nowhere;
    forget();
    run(number, &fault); /* if it faults, then once more when it is printed */
    crc = print_tally(&scene.print).crc;
    end_rehearsal();
    return crc;
}

/* The part that is printed. Not on the stack, where it would be gone with a stray word among the frames of what it calls. */
static uint32_t shown;

/* A part during which the facts were overwritten may have said anything. For the next ones they are made good; false: they
   cannot be. */
static bool show_part(void)
{
    uint32_t crc = is_rehearsed(shown) ? rehearse(shown) : 0;
    struct fault fault;
    bool done = run(shown, &fault);
    bool as_rehearsed = !is_rehearsed(shown) || print_tally(&scene.print).crc == crc;
    bool whole = facts_whole(FACTS, FACTS_WORDS, facts_check);

    if (!done)
        lose(shown, &fault);
    if (!whole || (done && !as_rehearsed))
        print_lost_facts(&scene, parts[shown].name);
    return whole || facts_restore(FACTS, facts_copy, FACTS_WORDS, facts_check);
}

static void print_end(void)
{
    struct print *print = &scene.print;
    struct tally tally = print_tally(print);
    uint32_t size, used = scene.machine->stack_used(scene.machine, &size);

    print_string(print, "======== end of report: ");
    print_decimal(print, tally.lines);
    print_string(print, " lines, crc ");
    print_hex8(print, tally.crc);
    print_string(print, "; used ");
    print_hex(print, used);
    print_string(print, " of ");
    print_hex(print, size);
    print_string(print, " ========");
    print_own_sum(print);
    print_line_end(print);
    next_part = OVER;
}

bool report_is_over(void)
{
    return next_part == OVER;
}

static void run_parts(uint32_t first)
{
    if (first == PART_HEADLINE) {
        facts_check = facts_keep(FACTS, facts_copy, FACTS_WORDS);
        print_go_on(&scene.print, (struct tally){0, 0}); /* a line that went astray before is none of the report's */
    }
    for (shown = first; shown < PART_COUNT; shown++)
        if (!show_part() && shown < PART_SUMS)
            shown = PART_SUMS - 1;
    print_end();
}

/* --- what the headline rests on --- */

static void find_out(const struct crash *crash)
{
    uint32_t crash_sum = facts_sum((const uint32_t *)&scene.crash, CRASH_WORDS);
    uint32_t tries = 0, sum = 0, before;

    for (uint32_t number = 0; number < PART_STACK; number++)
        run_part(number);
    if (facts_sum((const uint32_t *)&scene.crash, CRASH_WORDS) != crash_sum)
        scene.crash = *crash;
    facts_check = facts_keep(FACTS, facts_copy, FACTS_WORDS);
    do {
        facts_restore(FACTS, facts_copy, FACTS_WORDS, facts_check);
        for (uint32_t number = PART_STACK; number < PART_HEADLINE; number++)
            run_part(number);
        before = sum;
        sum = facts_sum(FACTS, FACTS_WORDS);
    } while (++tries < 2 || (sum != before && tries < TRIES_MOST));
}

void report_crash(struct machine *machine, const struct crash *crash)
{
    next_part = 0;
    scene.crash = *crash; /* first of all: it is checked no more until this copy is */
    take_machine(machine);
    scene.range = (struct stack_range){.source = STACK_NOT_FOUND};
    scene.range.pointer = scene.range.from = crash_in_user_mode(crash) ? crash->esp0 : crash->esp;
    scene.clues = (struct clues){0};
    scene.verdict = (struct verdict){0};
    scene.walked = false;
    scene.early_count = 0;
    scene.registered = (struct registry_losses){0, 0, false, false, 0};
    scene.code.table_damaged = false;
    rehearsal.begun = false;
    print_begin(&scene.print, machine);
    find_out(crash);
    run_parts(PART_HEADLINE);
}

/* All but the part that was lost; with what the facts were before. */
static void find_out_rest(uint32_t lost)
{
    for (uint32_t number = lost < PART_STACK ? lost + 1 : PART_STACK; number < PART_HEADLINE; number++)
        if (number != lost)
            run_part(number);
}

void report_resume(struct machine *machine, const struct crash *crash, const struct fault *fault)
{
    uint32_t lost = next_part <= PART_COUNT ? next_part - 1 : PART_CHANGES;

    if (next_part == 0) {
        report_crash(machine, crash);
        return;
    }
    if (lost >= PART_STACK)
        facts_restore(FACTS, facts_copy, FACTS_WORDS, facts_check);
    take_machine(machine);
    if (rehearsal.begun)
        end_rehearsal();
    lose(lost, fault);
    if (lost < PART_HEADLINE)
        find_out_rest(lost);
    run_parts(lost < PART_HEADLINE ? PART_HEADLINE : lost + 1);
}
