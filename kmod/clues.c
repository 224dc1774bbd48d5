/* Clues to the cause of a crash. */
#include "clues.h"

#include "moves.h"
#include "overrun.h"
#include "record.h"
#include "registry.h"
#include "stack_lookup.h"

/* What the CPU pushes at most for an exception: EFLAGS, CS, EIP, error code; from ring 3 also SS, ESP. SDM vol.
   3, 6.12.1. All pushes are tried from the top, and CR2 is the first address that failed: within this many bytes below
   ESP. */
#define PUSHED 16u
#define PUSHED_FROM_USER 24u

#define PAGE 4096u
#define INT_OPCODE 0xcd
#define INT_LENGTH 2
#define CLOSE 64u      /* bytes between EBP and the ESP that is taken from it: registers saved below */
#define HANDLER_ROWS 8 /* up to the trap whose handler was the victim; outer ones count more */
#define HANDLER_PART 4 /* it took at most one in so many bytes; else the handler itself is what used the stack */
#define FIRST_PRINTABLE 0x20
#define LAST_PRINTABLE 0x7e

/* --- of the registers --- */

/* Is CR2 where a push may have failed? Addresses wrap: with an ESP of 0 the first one goes to 0fffffffch. */
static bool cr2_below(const struct crash *crash, const struct stack_range *range)
{
    uint32_t below = range->pointer - crash->cr2;
    uint32_t pushed = crash_in_user_mode(crash) ? PUSHED_FROM_USER : PUSHED;

    return below >= 1 && below <= pushed;
}

/* int 8 leaves EIP behind itself. */
static bool after_int_8(struct memory *memory, const struct crash *crash)
{
    uint8_t bytes[INT_LENGTH];

    return memory_code(memory, crash->eip - INT_LENGTH, bytes, INT_LENGTH) == INT_LENGTH && bytes[0] == INT_OPCODE &&
           bytes[1] == VECTOR_DF;
}

/* EIP is where no code is: how did it get there? */
static void find_way_to_eip(struct machine *machine, struct code *code, const struct crash *crash, struct clues *clues)
{
    struct memory *memory = &machine->memory;
    struct view view = {memory, code, crash->esp, crash->esp, crash->cs, 0};
    uint8_t byte;
    bool readable = memory_code(memory, crash->eip, &byte, 1);
    uint32_t word;

    if (readable && code_kind(code, crash->eip) != CODE_OUTSIDE)
        return;
    clues->no_code = true;
    if (!readable && memory_word(memory, crash->esp, &word) && evidence_verifies(record_evidence(&view, word, 0))) {
        clues->came_by_call = true;
        clues->caller = word;
    } else {
        clues->came_by_return = memory_word(memory, crash->esp - 4, &word) && word == crash->eip;
    }
}

/* Does the running function have its frame at EBP, in a registered stack? It set up EBP itself, and a call of it is
   before the return address there. */
static bool frame_by_ebp(struct machine *machine, struct code *code, const struct crash *crash)
{
    const struct ksg_stack *stack = stack_at(crash->ebp);
    struct function *function = code_find(code, crash->eip);
    struct frame_state state;
    struct record record;
    struct view view;

    if (!stack || !function->named)
        return false;
    view = (struct view){&machine->memory, code, stack->limit, stack->base, crash->cs, crash->ebp & 3};
    state = costly_state(&view, function, crash->eip, true);
    if (state.base != FRAME_BASE_EBP || !state.exact || state.return_offset != 4 ||
        record_read(&view, crash->ebp, stack->limit, &record) != RECORD_GOOD)
        return false;
    return record_evidence(&view, record.return_address, function) == EVIDENCE_DIRECT;
}

/* Is there no return address where the running function has it? It has to be in no doubt where that is: in the record at EBP, or
   at ESP as long as the function has not begun; above ESP, and below the stack's first frames. */
static bool frame_missing(struct machine *machine, struct code *code, const struct crash *crash,
                          const struct stack_range *range)
{
    struct function *function = code_find(code, crash->eip);
    struct view view = {&machine->memory, code, range->limit, range->base, crash->cs, 0};
    struct frame_state state;
    uint32_t at, word;
    bool on_stack;

    if (!function->named || range->source == STACK_NOT_FOUND)
        return false;
    state = costly_state(&view, function, crash->eip, true);
    if (!state.exact || (state.base != FRAME_BASE_EBP && crash->eip != function->function))
        return false;
    at = (state.base == FRAME_BASE_EBP ? crash->ebp : crash->esp) + state.return_offset;
    on_stack = at >= crash->esp && at >= range->limit && at < range->base - STACK_BOTTOM;
    return on_stack && (!memory_word(view.memory, at, &word) || record_evidence(&view, word, 0) == EVIDENCE_NONE);
}

/* The registered stacks below the limit that ESP has reached, or passed. */
static void find_run_over(const struct stack_range *range, bool off_stack, struct clues *clues)
{
    unsigned seen = 0;

    if (off_stack)
        return;
    for (const struct ksg_stack *stack = registry_stacks(); registry_goes_on(stack, &seen); stack = stack->next) {
        if (stack->limit >= range->limit || stack->base <= range->pointer)
            continue;
        clues->run_over_count++;
        if (!clues->run_over || stack->limit < clues->run_over->limit)
            clues->run_over = stack;
    }
}

/* Does the function at EIP, which is known, only raise and lower the ESP that it was entered with? */
static bool keeps_esp(struct memory *memory, struct code *code, const struct crash *crash)
{
    const struct function *function = code_find(code, crash->eip);

    return function->named && !moves_find(memory, function->function, crash->eip).loaded;
}

/* Whose guard page CR2 is in, and whether the instruction came there by way of the stack. */
static void find_guard(struct memory *memory, struct code *code, const struct crash *crash,
                       const struct stack_range *range, struct clues *clues)
{
    const struct function *function;

    clues->by_stack = clues->raised.access == ACCESS_BY_ESP;
    if (!clues->cr2_missing)
        return;
    clues->in_guard = range->source != STACK_NOT_FOUND && range->limit - crash->cr2 - 1 < PAGE;
    if (!clues->in_guard)
        clues->guard_of = stack_guarded(crash->cr2);
    if (clues->raised.access != ACCESS_BY_BASE)
        return;
    function = code_find(code, crash->eip);
    clues->by_stack =
        function->named && access_by_copy(memory, crash, function->function, clues->raised.base);
}

void clues_of_registers(struct machine *machine, struct code *code, const struct crash *crash,
                        const struct stack_range *range, struct clues *clues)
{
    struct memory *memory = &machine->memory;
    bool off_stack = !stack_holds_pointer(range);
    uint32_t between = crash->ebp - crash->esp;
    const struct ksg_stack *frame_in;

    *clues = (struct clues){0};
    if (!crash->registers_known)
        return;
    clues->cr2_missing = crash->space == SPACE_WITHOUT_STACK || !stack_page_readable(memory, crash->cr2);
    clues->push_failed = cr2_below(crash, range) && clues->cr2_missing;
    clues->push_elsewhere = cr2_below(crash, range) && !clues->cr2_missing && crash_space_doubtful(crash);
    clues->after_int_8 = after_int_8(memory, crash);
    clues->guarded = range->source != STACK_NOT_FOUND && !stack_page_readable(memory, range->limit - 1);
    clues->esp_from_ebp = off_stack && between <= CLOSE && !stack_page_readable(memory, crash->ebp);
    clues->pointer_in = stack_at(range->pointer);
    find_run_over(range, off_stack, clues);
    if ((range->source != STACK_REGISTERED && range->source != STACK_HOOK) || (range->tie == TIE_EBP_ONLY && !range->top))
        clues->above = stack_above(range->pointer);
    if (clues->above && clues->above->limit - range->pointer > OVERRUN_LONGEST)
        clues->above = 0;
    raised_find(memory, crash, &clues->raised);
    clues->esp_kept = range->top && keeps_esp(memory, code, crash);
    find_guard(memory, code, crash, range, clues);
    if (crash_in_user_mode(crash))
        return;
    find_way_to_eip(machine, code, crash, clues);
    clues->frame_by_ebp = frame_by_ebp(machine, code, crash);
    clues->frame_missing = frame_missing(machine, code, crash, range);
    frame_in = clues->frame_by_ebp ? stack_at(crash->ebp) : 0;
    if (frame_in && frame_in != clues->pointer_in && frame_in->limit != range->limit)
        clues->frame_in = frame_in;
}

/* --- of the rows --- */

bool clues_looks_like_text(uint32_t word)
{
    for (unsigned i = 0; i < 4; i++, word >>= 8)
        if ((word & 0xff) < FIRST_PRINTABLE || (word & 0xff) > LAST_PRINTABLE)
            return false;
    return true;
}

static bool printable_at(struct memory *memory, uint32_t address, char *character)
{
    uint8_t byte;

    if (memory_copy(memory, &memory->data, address, &byte, 1) != 1 || byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE)
        return false;
    *character = (char)byte;
    return true;
}

uint32_t clues_text(struct memory *memory, uint32_t address, char text[CLUES_TEXT])
{
    uint32_t word, start = address;
    uint32_t count = 0;

    if (!memory_word(memory, address, &word) || !clues_looks_like_text(word))
        return 0;
    while (address - start < CLUES_TEXT / 2 && printable_at(memory, start - 1, text))
        start--;
    while (count < CLUES_TEXT && printable_at(memory, start + count, text + count))
        count++;
    return count;
}

/* What is remembered of a walk from row to row. */
struct reading {
    struct walk walk;
    uint32_t rows;
    uint32_t reached; /* up to here, rows were given */
    struct row last;
    struct clue_row frame; /* last */
    bool after_stub;
    bool elsewhere; /* the walk has gone on to another stack */
    bool doubted;   /* a row came that is a guess, or lost: those behind it need not be right */
};

/* Where the walk stands before it gives a row. */
struct standing {
    uint32_t esp, ebp, pc;
    bool exact, recovered;
};

/*
 * The record that EBP should lead to is none: is a word certainly not what was saved there? So is the EBP saved in the
 * last frame, if the function that runs now has a frame to save and EBP leads to none; and so is a word of the record
 * that EBP leads to, if it looks like text.
 */
static void find_smashed(const struct reading *reading, const struct view *view, const struct standing *now,
                         struct smashed *smashed)
{
    const struct function *running = code_find(view->code, now->exact ? now->pc : now->pc - 1);
    struct record record;
    uint32_t saved;

    if (record_read(view, now->ebp, now->esp & ~3u, &record) == RECORD_GOOD) {
        smashed->is_return = clues_looks_like_text(record.return_address);
        smashed->found = smashed->is_return || clues_looks_like_text(record.link);
        smashed->at = record.at + (smashed->is_return ? 4 : 0);
        smashed->value = smashed->is_return ? record.return_address : record.link;
        smashed->frame = (struct clue_row){1, now->pc, now->exact};
        return;
    }
    smashed->found =
        reading->rows > 0 && now->ebp && memory_word(view->memory, reading->last.child_ebp, &saved) &&
        saved == now->ebp &&
        (clues_looks_like_text(saved) || (running->named && prologue_has_frame(view->memory, running->function)));
    smashed->at = reading->last.child_ebp;
    smashed->value = now->ebp;
    smashed->frame = reading->frame;
}

/* Did the walk find no record where EBP led? */
static bool broke(const struct walk *walk, const struct row *row, const struct standing *before)
{
    bool ended_badly = walk->end == WALK_ODD || walk->end == WALK_DOWN || walk->end == WALK_OFF ||
                       walk->end == WALK_UNREADABLE || walk->end == WALK_NO_CODE;

    return (walk->recovered && !before->recovered) || (row->kind == ROW_LOST && ended_badly);
}

/* Does the code of the row's function say that its frame, which was not found, or guessed, ends above the base? */
static bool ends_beyond(const struct view *view, const struct row *row, const struct standing *before)
{
    struct frame_state state;

    if (!row->function->named)
        return false;
    state = costly_state(view, row->function, row->pc, before->exact);
    return state.base == FRAME_BASE_ESP && state.exact && before->esp + state.return_offset >= view->base;
}

/* Takes the next row into account. */
static void read_row(struct reading *reading, const struct walk_start *start, const struct stack_range *range,
                     const struct row *row, const struct standing *before, struct clues *clues)
{
    uint32_t end = reading->reached + row->bytes;
    bool is_frame = row->kind == ROW_FRAME;
    bool known = is_frame && row->trust != TRUST_GUESS;
    bool below = reading->reached < range->limit || end < reading->reached; /* or around address 0 */
    bool across_limit = below && end >= range->limit && known;
    bool is_stub = is_frame && (row->stub || row->trust == TRUST_TRAP);
    bool interrupted = reading->after_stub && !is_stub && row->kind != ROW_USER && reading->rows <= HANDLER_ROWS;

    if (reading->rows == 0 && is_frame && row->trust <= TRUST_TRAP) /* whatever lies there: a stub's has no CALL */
        clues->frame_missing = false;
    reading->frame = (struct clue_row){row->bytes, row->pc, before->exact};
    reading->elsewhere |= row->kind == ROW_SWITCH;
    if (!reading->elsewhere && across_limit) {
        clues->over = reading->frame;
        clues->over_loaded = overrun_loads_esp(start->view.memory, row);
    }
    if (!reading->elsewhere && !reading->doubted && !known && row->function) {
        reading->doubted = true;
        if (ends_beyond(&start->view, row, before))
            clues->beyond = (struct clue_row){1, row->pc, before->exact};
    }
    if (!reading->elsewhere && interrupted)
        clues->trapped = (struct clue_row){before->esp - start->esp, row->pc, true};
    clues->used += row->bytes;
    clues->in_frames += is_frame ? row->bytes : 0;
    reading->after_stub = is_stub;
    reading->last = *row;
    reading->reached = end;
    reading->rows++;
}

const struct usage *clues_recursive(const struct usage_table *functions)
{
    const struct usage *most = &functions->entries[0];

    return functions->count && most->key < USAGE_BEFORE && most->frames >= FOLD_LEAST ? most : 0;
}

/* Is the frame one of those that the recursion is made of? */
static bool repeats(struct code *code, const struct clue_row *frame, const struct fold_summary *folded,
                    const struct usage *recursive)
{
    const struct function *function = code_find(code, frame->pc_exact ? frame->pc : frame->pc - 1);
    bool in_cycle = folded->greatest.turns && frame->bytes <= folded->greatest.bytes;

    return in_cycle || (recursive && function->named && function->function == recursive->key);
}

void clues_of_rows(const struct walk_start *start, const struct stack_range *range, const struct fold_summary *folded,
                   const struct biggest *biggest, const struct usage_table *functions, struct clues *clues)
{
    static struct reading reading; /* the handler's stack is small */
    static struct row row;
    const struct walk *walk = &reading.walk;
    const struct usage *recursive = clues_recursive(functions);

    walk_begin(&reading.walk, start);
    reading.rows = 0;
    reading.reached = start->esp - start->below_zero;
    reading.after_stub = reading.elsewhere = reading.doubted = false;
    for (;;) {
        struct standing before = {walk->esp, walk->ebp, walk->pc, walk->exact, walk->recovered};

        if (!walk_next(&reading.walk, &row))
            break;
        if (broke(walk, &row, &before) && !clues->smashed.found)
            find_smashed(&reading, &walk->view, &before, &clues->smashed);
        read_row(&reading, start, range, &row, &before, clues);
        nest_take(&clues->nest, &row, before.esp, reading.elsewhere ? 0 : start->esp);
    }
    nest_end(&clues->nest, walk->end);
    clues->above_esp0 = reading.elsewhere ? 0 : start->view.base - walk->view.base;
    if (clues->trapped.bytes > clues->used / HANDLER_PART)
        clues->trapped.bytes = 0;
    clues->in_cycles = folded->bytes;
    clues->in_function = recursive ? recursive->bytes : 0;
    clues->over_repeats = repeats(start->view.code, &clues->over, folded, recursive);
    for (uint32_t i = biggest_count(biggest); i-- > 0;)
        if (!biggest->frames[i].guess)
            clues->in_biggest = biggest->frames[i].bytes;
    clues->walked = true;
}
