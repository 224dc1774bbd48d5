/* The verdict. */
#include "verdict.h"

#include "paint.h"

#define PAGE 4096u
#define PUSHED 16u /* bytes of an exception's frame: clues.c */

static void decide(struct verdict *verdict, enum verdict_kind kind, bool certain)
{
    verdict->kind = kind;
    verdict->certainty = certain ? CERTAINTY_CERTAIN : CERTAINTY_LIKELY;
}

/* --- exceptions that could not be delivered --- */

/* Whose bad gate leads to a double fault by itself. */
static const uint8_t doubling[] = {VECTOR_PF, VECTOR_GP, VECTOR_NP, VECTOR_SS, VECTOR_TS, VECTOR_DE};

/* Can the CPU not deliver the exception, nor what it raises then? GATE_BAD_HANDLER is noticed too late for that: when
   the handler is to run. */
static bool undeliverable(const struct crash *crash, uint32_t vector)
{
    enum gate_fault fault = vector < VECTOR_COUNT ? crash->gates[vector] : GATE_GOOD;

    if (fault == GATE_GOOD || fault == GATE_BAD_HANDLER)
        return false;
    return raised_doubles(vector) || crash->gates[raised_by_gate(fault)] != GATE_GOOD;
}

/* Finds what was raised, or else the first exception that may have been. */
static bool find_undeliverable(const struct crash *crash, const struct clues *clues, struct verdict *verdict)
{
    verdict->vector = clues->raised.vector;
    verdict->vector_known = clues->raised.by != RAISED_UNKNOWN && undeliverable(crash, verdict->vector);
    if (verdict->vector_known)
        return true;
    for (unsigned i = 0; i < sizeof doubling; i++) {
        verdict->vector = doubling[i];
        if (undeliverable(crash, verdict->vector))
            return true;
    }
    verdict->vector = VECTOR_COUNT;
    return false;
}

/* SDM vol. 3, 6.12.1: the stack segment of the TSS is loaded before anything is pushed, and #TS needs it as well. */
static void decide_bad_ss0(struct verdict *verdict)
{
    verdict->vector = VECTOR_TS;
    verdict->vector_known = true;
    decide(verdict, VERDICT_UNDELIVERABLE, true);
}

/* --- another address space --- */

/* CR2 says that a push failed, and the page is there: where the kernel was it is not. But CR2 may be left from before, when
   something else explains the double fault. */
static bool find_other_space(const struct crash *crash, const struct clues *clues, struct verdict *verdict)
{
    bool known = crash->space == SPACE_WITHOUT_STACK && clues->push_failed;

    if (!known && (!clues->push_elsewhere || find_undeliverable(crash, clues, verdict)))
        return false;
    decide(verdict, VERDICT_OTHER_SPACE, known);
    return true;
}

/* Is what is read as the stack without the frame that has to be on it, for no reason that is known? */
static bool frame_missing(const struct crash *crash, const struct clues *clues)
{
    return !crash_on_demand(crash) && crash->space != SPACE_SAME && clues->frame_missing && !clues->smashed.found;
}

/* --- overflows --- */

/* Is ESP where the stack has no room left for an exception's frame? */
static bool at_limit(const struct stack_range *range)
{
    return stack_holds_pointer(range) && range->pointer < range->limit + PUSHED;
}

static enum overflow_by overflow_by(const struct stack_range *range, const struct clues *clues)
{
    uint32_t used = range->base_unknown ? clues->in_frames : clues->used;
    bool recursion = clues->in_cycles > used / 2 || clues->in_function > used / 2;

    if (!clues->walked)
        return OVERFLOW_BY_DEPTH;
    if ((clues->over.bytes >= PAGE && !(recursion && clues->over_repeats)) || clues->in_biggest > used / 2)
        return OVERFLOW_BY_LARGE_FRAME;
    if (nest_fills(&clues->nest, used))
        return OVERFLOW_BY_TRAPS;
    return recursion ? OVERFLOW_BY_RECURSION : OVERFLOW_BY_DEPTH;
}

/* full: there is no doubt that it is. */
static void decide_overflow(const struct crash *crash, const struct stack_range *range, const struct clues *clues,
                            bool full, struct verdict *verdict)
{
    bool host_knows = (range->source == STACK_REGISTERED || range->source == STACK_HOOK) && range->tie != TIE_NEARBY;
    bool mostly_frames = !clues->walked || range->base_unknown || clues->in_frames >= clues->used / 2;

    if (!crash_on_demand(crash) && !clues->push_failed) {
        verdict->against = AGAINST_NO_PUSH;
        find_undeliverable(crash, clues, verdict);
    } else if (undeliverable(crash, VECTOR_PF) && range->tie != TIE_FRAMES) {
        verdict->against = AGAINST_GATE;
    } else if (frame_missing(crash, clues)) {
        verdict->against = AGAINST_SPACE;
    } else if (clues->beyond.bytes) {
        verdict->against = AGAINST_BEYOND;
    } else if (!mostly_frames) {
        verdict->against = AGAINST_NO_FRAMES;
    }
    verdict->by = overflow_by(range, clues);
    decide(verdict, VERDICT_OVERFLOW, host_knows && full && verdict->against == AGAINST_NOTHING);
}

/* --- underflows --- */

/* Is ESP above its stack's base, or did the code pop or return with nothing left on it? */
static bool underflow(const struct crash *crash, const struct stack_range *range, const struct clues *clues)
{
    bool pops = clues->cr2_missing && clues->raised.access == ACCESS_BY_ESP && crash->cr2 >= range->pointer;

    return range->top && (range->pointer > range->top->base || clues->came_by_return || pops);
}

/* It is certain where the frames are on that stack, and the function that runs did not load its ESP. */
static void decide_underflow(const struct crash *crash, const struct stack_range *range, const struct clues *clues,
                             struct verdict *verdict)
{
    bool frames = range->tie == TIE_ABOVE && range->from != range->pointer;

    if (!clues->push_failed)
        find_undeliverable(crash, clues, verdict);
    decide(verdict, VERDICT_UNDERFLOW, frames && clues->esp_kept && clues->push_failed && !clues->came_by_return);
}

static void decide_hole(const struct crash *crash, const struct clues *clues, struct verdict *verdict)
{
    verdict->against = frame_missing(crash, clues) ? AGAINST_SPACE : AGAINST_NOTHING;
    decide(verdict, VERDICT_HOLE, verdict->against == AGAINST_NOTHING);
}

/* --- all --- */

/* No double fault. A page fault right below the limit is an overflow if it was the stack that was accessed there, and so
   is an ESP where no exception would find room. */
static void decide_on_demand(const struct crash *crash, const struct stack_range *range, const struct clues *clues,
                             struct verdict *verdict)
{
    bool on_stack = crash->registers_known && !crash_in_user_mode(crash);
    bool in_guard = crash->cr2 && clues->in_guard;
    bool guard_of = crash->cr2 && clues->guard_of;
    bool by_esp = clues->raised.access == ACCESS_BY_ESP;
    bool accessed = clues->raised.by == RAISED_BY_ACCESS;

    verdict->kind = VERDICT_ON_DEMAND;
    if (crash->kind == CRASH_TRAMPLED)
        decide(verdict, crash->untouched < PAINT_NEAR_END ? VERDICT_TRAMPLED : VERDICT_NEAR_END, false);
    else if (!on_stack)
        return;
    else if (underflow(crash, range, clues))
        decide_underflow(crash, range, clues, verdict);
    else if (at_limit(range) || (in_guard && clues->by_stack))
        decide_overflow(crash, range, clues, range->pointer <= range->limit || (in_guard && by_esp), verdict);
    else if ((in_guard || guard_of) && !clues->by_stack && (accessed || range->source != STACK_NOT_FOUND))
        decide(verdict, VERDICT_GUARD_PAGE, accessed);
}

static void decide_user(const struct crash *crash, const struct clues *clues, struct verdict *verdict)
{
    if (find_other_space(crash, clues, verdict))
        return;
    if (clues->push_failed)
        decide(verdict, VERDICT_ENTRY, true);
    else if (crash->ss0_bad)
        decide_bad_ss0(verdict);
    else if (find_undeliverable(crash, clues, verdict))
        decide(verdict, VERDICT_UNDELIVERABLE, verdict->vector_known);
}

static void decide_kernel(const struct crash *crash, const struct stack_range *range, const struct clues *clues,
                          struct verdict *verdict)
{
    bool on_stack = stack_holds_pointer(range);
    bool full = at_limit(range) && clues->push_failed;
    bool below = range->tie == TIE_FRAMES || (on_stack && range->tie == TIE_INSIDE && range->pointer < range->limit);

    if (find_other_space(crash, clues, verdict))
        return;
    if (underflow(crash, range, clues))
        decide_underflow(crash, range, clues, verdict);
    else if (range->top && clues->push_failed)
        decide(verdict, VERDICT_HOLE, true);
    else if (full && clues->no_code && crash->gates[VECTOR_PF] == GATE_BAD_HANDLER)
        decide(verdict, VERDICT_NO_HANDLER, true);
    else if ((full || below) && range->unused)
        decide(verdict, VERDICT_UNUSED, false);
    else if (full && clues->frame_in && range->tie == TIE_INSIDE)
        decide(verdict, VERDICT_OTHER_STACK, false);
    else if (full || below)
        decide_overflow(crash, range, clues, full || range->tie == TIE_FRAMES, verdict);
    else if (!on_stack && clues->esp_from_ebp)
        decide(verdict, VERDICT_SMASHED_EBP, false);
    else if (!on_stack && clues->push_failed)
        decide(verdict, VERDICT_NO_STACK, true);
    else if (clues->push_failed)
        decide_hole(crash, clues, verdict);
    else if (find_undeliverable(crash, clues, verdict))
        decide(verdict, clues->came_by_return ? VERDICT_SMASHED_RETURN : VERDICT_UNDELIVERABLE,
               verdict->vector_known && !clues->came_by_return);
    else if (clues->came_by_return)
        decide(verdict, VERDICT_SMASHED_RETURN, false);
}

void verdict_find(const struct crash *crash, const struct stack_range *range, const struct clues *clues,
                  struct verdict *verdict)
{
    *verdict = (struct verdict){0};
    if (crash_on_demand(crash))
        decide_on_demand(crash, range, clues, verdict);
    else if (crash->kind == CRASH_NO_ERROR_CODE)
        decide(verdict, VERDICT_NO_DOUBLE_FAULT, clues->after_int_8);
    else if (!crash->registers_known)
        return;
    else if (crash_in_user_mode(crash))
        decide_user(crash, clues, verdict);
    else
        decide_kernel(crash, range, clues, verdict);
}

const char *verdict_gate_text(enum gate_fault fault)
{
    switch (fault) {
    case GATE_GOOD:
        return "is good";
    case GATE_BEYOND_LIMIT:
        return "lies beyond the IDT's limit";
    case GATE_UNREADABLE:
        return "cannot be read";
    case GATE_EMPTY:
        return "is empty";
    case GATE_NOT_PRESENT:
        return "is not present";
    case GATE_WRONG_TYPE:
        return "is no interrupt, trap or task gate";
    case GATE_BAD_SELECTOR:
        return "has a selector outside the GDT";
    case GATE_NOT_CODE:
        return "has a selector that is no present code segment";
    case GATE_BAD_TSS:
        return "is a task gate without a usable TSS";
    case GATE_BUSY:
        return "is a task gate to a task that is busy";
    case GATE_BAD_HANDLER:
        return "leads to a handler that cannot be read";
    }
    return "is not known";
}

const char *verdict_vector_name(uint32_t vector)
{
    static const char names[VECTOR_COUNT][4] = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9",   "#TS",
        "#NP", "#SS", "#GP", "#PF", "15",  "#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
    };

    return vector < VECTOR_COUNT && names[vector][0] ? names[vector] : "?";
}
