/* The report: its parts in order, each under a guard, and the line that ends it. */
#include "report.h"

#include "parts.h"
#include "instruction.h"
#include "registry.h"
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
    PART_SUMS,
    PART_COUNT
};

struct part {
    const char *name;
    void (*run)(void *);
};

/* How far the report has come; a second double fault goes on behind it. */
static uint32_t next_part;

/* What the parts before the headline have lost: said behind it, for a report begins with its headline. */
static struct {
    struct registry_losses registered;
    uint32_t parts; /* a bit for each */
    struct fault faults[PART_HEADLINE];
} losses;

static void check_lists(void *unused)
{
    (void)unused;
    registry_check(scene.machine, &losses.registered);
}

static void open_symbols(void *unused)
{
    (void)unused;
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
    usage_total(&scene.start, &scene.totals);
    usage_count(&scene.start, USAGE_BY_MODULE, &scene.modules);
    usage_count(&scene.start, USAGE_BY_FUNCTION, &scene.functions);
    fold_summarize(&scene.start, &scene.folded);
    biggest_find(&scene.start, &scene.biggest);
    clues_of_rows(&scene.start, &scene.range, &scene.folded, &scene.biggest, &scene.functions, &scene.clues);
    scene.walked = true;
}

static void judge(void *unused)
{
    (void)unused;
    verdict_find(&scene.crash, &scene.range, &scene.clues, &scene.verdict);
    if (scene.verdict.kind == VERDICT_NO_STACK && (losses.registered.stacks || losses.registered.stacks_cut))
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

static void sums(void *unused)
{
    (void)unused;
    print_sums(&scene.print);
}

static void print_losses(void *unused);

static const struct part parts[PART_COUNT] = {
    [PART_LISTS] = {"lists", check_lists},
    [PART_SYMBOLS] = {"symbols", open_symbols},
    [PART_STACK] = {"stack", find_stack},
    [PART_WALK] = {"walk", add_up},
    [PART_VERDICT] = {"verdict", judge},
    [PART_HEADLINE] = {"headline", headline},
    [PART_LOSSES] = {"losses", print_losses},
    [PART_REGISTERS] = {"registers", registers},
    [PART_ROWS] = {"rows", rows},
    [PART_MODULES] = {"modules", modules},
    [PART_FUNCTIONS] = {"functions", functions},
    [PART_FRAMES] = {"frames", frames},
    [PART_STACKS] = {"stacks", stacks},
    [PART_SUMS] = {"sums", sums},
};

static void print_lost(const char *what)
{
    print_string(&scene.print, "**** lost: ");
    print_string(&scene.print, what);
}

/* A part is lost: says what happened where, on a line of its own. */
static void print_loss(const char *part, const struct fault *fault)
{
    struct print *print = &scene.print;

    if (print->column)
        print_line_end(print);
    print_lost(part);
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

/* Entries of a list that were left out. */
static void print_left_out(const char *list, uint32_t damaged, bool cut)
{
    struct print *print = &scene.print;

    if (damaged == 0 && !cut)
        return;
    print_lost(list);
    print_decimal(print, damaged);
    print_string(print, cut ? " damaged, and all behind" : " damaged");
    print_line_end(print);
}

static void print_losses(void *unused)
{
    uint32_t lines = scene.print.lines;

    (void)unused;
    for (uint32_t i = 0; i < PART_HEADLINE; i++)
        if (losses.parts >> i & 1)
            print_loss(parts[i].name, &losses.faults[i]);
    if (scene.machine->config_damaged) {
        print_lost("configuration: damaged; COM1, 115200 baud, no hooks");
        print_line_end(&scene.print);
    }
    print_left_out("registered stacks: ", losses.registered.stacks, losses.registered.stacks_cut);
    print_left_out("registered modules: ", losses.registered.modules, losses.registered.modules_cut);
    print_left_out("symbols of registered modules: ", losses.registered.symbols, false);
    if (scene.code.table_damaged && !(losses.parts >> PART_SYMBOLS & 1)) {
        print_lost("symbols: the table is damaged");
        print_line_end(&scene.print);
    }
    if (scene.print.lines > lines)
        print_line_end(&scene.print);
}

static void lose(uint32_t number, const struct fault *fault)
{
    if (number >= PART_HEADLINE) {
        print_loss(parts[number].name, fault);
        return;
    }
    losses.parts |= 1u << number;
    losses.faults[number] = *fault;
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
        uint32_t number = next_part++;
        struct fault fault;

        if (!scene.machine->guard(scene.machine, parts[number].run, 0, &fault))
            lose(number, &fault);
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
    losses.parts = 0;
    losses.registered = (struct registry_losses){0, 0, false, false, 0};
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
