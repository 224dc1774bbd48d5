/* Which stack ran out. */
#include "stack.h"

#include "bounds.h"
#include "hooks.h"
#include "overrun.h"
#include "paint.h"
#include "print.h"
#include "registry.h"
#include "skew.h"
#include "stack_lookup.h"

#define PAGE 4096u
#define PROBE_LONGEST 0x100000u /* bytes to each side */
#define FAR_OFF 0x10000u        /* below a stack's limit: an ESP there may still have run off it */
#define CLOSE 64u               /* above a base: pops that were not pushed, with EBP among them */
#define NO_ROOM 16u             /* above a limit: for an exception's frame */

bool stack_page_readable(struct memory *memory, uint32_t address)
{
    uint8_t byte;

    return memory_copy(memory, &memory->data, address & ~(PAGE - 1), &byte, 1) == 1;
}

static void take(struct stack_range *range, enum stack_source source, enum stack_tie tie, const struct ksg_stack *stack)
{
    range->source = source;
    range->tie = tie;
    range->name = print_c_string(stack->name);
    range->limit = stack->limit;
    range->base = stack->base;
}

/* --- the registered stacks --- */

enum fit { FIT_NONE, FIT_NEARBY, FIT_BELOW, FIT_ABOVE, FIT_BELOW_WITH_EBP, FIT_EMPTY, FIT_IN, FIT_IN_WITH_EBP };

/* How well esp and ebp fit the stack. An ESP at the limit belongs to this stack rather than to the one that has its
   base there; one at a base to that stack rather than to the one whose guard page begins there: an overflow hardly jumps
   it to the byte. */
static enum fit fit(struct memory *memory, const struct ksg_stack *stack, uint32_t esp, uint32_t ebp)
{
    bool with_ebp = ebp >= stack->limit && ebp < stack->base;

    if (esp >= stack->limit && esp <= stack->base) {
        if (with_ebp)
            return FIT_IN_WITH_EBP;
        return esp < stack->base ? FIT_IN : FIT_EMPTY;
    }
    if (esp > stack->base && stack_page_readable(memory, esp)) /* whosever that is */
        return FIT_NONE;
    if (esp > stack->base)
        return esp - stack->base <= (with_ebp ? PAGE : CLOSE) ? FIT_ABOVE : FIT_NONE;
    if (stack->limit - esp <= PAGE)
        return with_ebp ? FIT_BELOW_WITH_EBP : FIT_BELOW;
    return stack->limit - esp <= FAR_OFF ? FIT_NEARBY : FIT_NONE;
}

/* What nobody ever used cannot have overflowed. */
static bool never_used(struct memory *memory, const struct ksg_stack *stack)
{
    uint32_t depth;

    return paint_high_water(memory, stack, &depth) && depth == 0;
}

/* ESP is at the stack's base or above: then the rows are those of the stack that EBP is on. */
static void take_top(const struct crash *crash, const struct ksg_stack *stack, struct stack_range *range)
{
    const struct ksg_stack *frames = crash->ebp & 3 || crash_in_user_mode(crash) ? 0 : stack_at(crash->ebp);
    bool above = range->pointer > stack->base;

    range->top = stack;
    if (frames && frames != stack)
        take(range, STACK_REGISTERED, TIE_EBP_ONLY, frames);
    else if (above)
        take(range, STACK_REGISTERED, TIE_ABOVE, stack);
    if (frames && range->tie != TIE_INSIDE)
        range->from = crash->ebp;
}

/* The registered stack that fits best, if it does so well enough. */
static bool find_registered(struct memory *memory, const struct crash *crash, enum fit least, struct stack_range *range)
{
    const struct ksg_stack *best = 0;
    uint32_t ebp = crash_in_user_mode(crash) ? range->pointer : crash->ebp;
    enum fit best_fit = FIT_NONE;
    unsigned seen = 0;

    for (const struct ksg_stack *stack = registry_stacks(); registry_goes_on(stack, &seen); stack = stack->next) {
        enum fit stack_fit = fit(memory, stack, range->pointer, ebp);

        if (stack_fit > best_fit && range->pointer < stack->limit + NO_ROOM && never_used(memory, stack))
            stack_fit = range->pointer < stack->limit ? FIT_NONE : FIT_BELOW;
        if (stack_fit > best_fit || (best && stack_fit == best_fit && stack->limit < best->limit)) {
            best = stack;
            best_fit = stack_fit;
        }
    }
    if (best_fit < least)
        return false;
    take(range, STACK_REGISTERED, best_fit == FIT_NEARBY ? TIE_NEARBY : TIE_INSIDE, best);
    if (range->pointer >= best->base)
        take_top(crash, best, range);
    range->unused = range->pointer < best->limit + NO_ROOM && never_used(memory, best);
    return true;
}

/* ESP is below a registered stack's limit, where other frames of that stack lie: which may well be in another stack. */
static bool find_overrun(struct machine *machine, struct code *code, const struct crash *crash,
                         struct stack_range *range)
{
    const struct ksg_stack *stack = 0;

    if (!crash_in_user_mode(crash))
        stack = overrun_find(&machine->memory, code, crash);
    if (!stack && !crash_in_user_mode(crash)) {
        stack = overrun_below_zero(&machine->memory, code, crash);
        range->below_zero = stack != 0;
        range->from = stack ? crash->ebp : range->from;
    }
    if (stack)
        take(range, STACK_REGISTERED, TIE_FRAMES, stack);
    return stack;
}

/* --- the host's hook --- */

struct question {
    const struct ksg_config *config;
    uint32_t esp;
    struct ksg_stack found;
    int answer;
};

static void ask(void *argument)
{
    struct question *question = argument;

    question->answer = hook_find_stack(question->config, question->esp, &question->found);
}

/* Apart, so that its question is not on the stack while the walk looks for an overrun. */
__attribute__((noinline)) static bool find_by_hook(struct machine *machine, struct stack_range *range)
{
    struct question question = {machine->config, range->pointer, {0, 0, 0, 0, 0, 0}, 0};
    bool sensible;

    if (!machine->config || !machine->config->find_stack)
        return false;
    range->hook_faulted = !machine->guard(machine, ask, &question, &range->hook_fault);
    if (range->hook_faulted || !question.answer)
        return false;
    sensible = question.found.limit < question.found.base && !((question.found.limit | question.found.base) & 3);
    if (sensible)
        take(range, STACK_HOOK, TIE_INSIDE, &question.found);
    return sensible;
}

/* --- the pages --- */

/* Can the page be one of a stack? It is there, and not code. Nobody has one at address 0, where a switch to a task that
   never was leads. */
static bool can_be_stack(struct memory *memory, struct code *code, const struct bounds *bounds, uint32_t page)
{
    bool holds_code = code_kind(code, page) == CODE_INSIDE || code_kind(code, page + PAGE - 1) == CODE_INSIDE;

    return page != 0 && !holds_code && !bounds_exclude(bounds, page, PAGE) && stack_page_readable(memory, page);
}

/* The lowest address of the pages that reach down from address. Where that is no missing page, it tells nothing: no more than
   the page below address is taken for the stack, none of which is in use. */
static uint32_t probe_down(struct memory *memory, struct code *code, const struct bounds *bounds, uint32_t address,
                           bool *goes_on)
{
    uint32_t page = address & ~(PAGE - 1);
    uint32_t lowest = address > PROBE_LONGEST ? address - PROBE_LONGEST : 0;

    while (page > lowest && can_be_stack(memory, code, bounds, page - PAGE))
        page -= PAGE;
    *goes_on = page <= lowest || (page > PAGE && stack_page_readable(memory, page - PAGE));
    if (*goes_on && page < (address & ~(PAGE - 1)))
        page = (address & ~(PAGE - 1)) - PAGE;
    return page;
}

/* And up. There the stack is taken to end with the page in which the frames do that are known at once. */
static uint32_t probe_up(struct memory *memory, struct code *code, const struct bounds *bounds, uint32_t address,
                         bool *goes_on)
{
    uint32_t page = (address & ~(PAGE - 1)) + PAGE;
    uint32_t last = bounds->frames_end > address ? bounds->frames_end - 1 : address;
    uint32_t frames_end = (last & ~(PAGE - 1)) + PAGE;

    while (page && page - address < PROBE_LONGEST && can_be_stack(memory, code, bounds, page))
        page += PAGE;
    *goes_on = !page || page - address >= PROBE_LONGEST || stack_page_readable(memory, page);
    if (*goes_on && page && frames_end < page)
        page = frames_end;
    return page ? page : 0u - PAGE;
}

static bool find_below_esp0(struct machine *machine, struct code *code, const struct crash *crash,
                            const struct bounds *bounds, struct stack_range *range)
{
    struct memory *memory = &machine->memory;
    uint32_t base = crash->esp0 & ~3u;
    uint32_t inside = range->pointer < base ? range->pointer : base - 4;
    uint32_t start = inside & ~(PAGE - 1);

    if (!base || range->pointer > base || base - range->pointer > PROBE_LONGEST)
        return false;
    for (uint32_t page = start; page - start < base - start; page += PAGE)
        if (!can_be_stack(memory, code, bounds, page))
            return false;
    range->source = STACK_ESP0;
    range->tie = TIE_INSIDE;
    range->base = base;
    range->limit = probe_down(memory, code, bounds, inside, &range->limit_unknown);
    return true;
}

static bool probe(struct machine *machine, struct code *code, const struct bounds *bounds, struct stack_range *range)
{
    struct memory *memory = &machine->memory;

    if (!can_be_stack(memory, code, bounds, range->pointer & ~(PAGE - 1)))
        return false;
    range->source = STACK_PROBED;
    range->tie = TIE_INSIDE;
    range->limit = probe_down(memory, code, bounds, range->pointer, &range->limit_unknown);
    range->base = probe_up(memory, code, bounds, range->pointer, &range->base_unknown);
    return true;
}

static bool find_by_pages(struct machine *machine, struct code *code, const struct crash *crash,
                          struct stack_range *range)
{
    struct bounds bounds;

    bounds_find(machine, code, crash, range->pointer, &bounds);
    return find_below_esp0(machine, code, crash, &bounds, range) || probe(machine, code, &bounds, range);
}

/* --- EBP --- */

/* ESP leads nowhere: the stack that EBP is on still tells how the CPU got there. */
static void find_by_ebp(const struct crash *crash, struct stack_range *range)
{
    bool skewed = (crash->ebp & 3) != skew_of(crash->esp, crash->ebp);
    const struct ksg_stack *stack = skewed || crash_in_user_mode(crash) ? 0 : stack_at(crash->ebp);

    if (!stack)
        return;
    take(range, STACK_REGISTERED, TIE_EBP_ONLY, stack);
    range->from = crash->ebp;
}

void stack_find(struct machine *machine, struct code *code, const struct crash *crash, struct stack_range *range)
{
    range->source = STACK_NOT_FOUND;
    range->tie = TIE_INSIDE;
    range->name = (struct text){0, 0};
    range->top = 0;
    range->unused = false;
    range->limit = range->base = 0;
    range->limit_unknown = range->base_unknown = range->hook_faulted = range->below_zero = false;
    range->pointer = range->from = crash_in_user_mode(crash) ? crash->esp0 : crash->esp;
    if (!crash->registers_known)
        return;
    if (find_overrun(machine, code, crash, range) || find_registered(&machine->memory, crash, FIT_BELOW, range))
        return;
    if (find_by_hook(machine, range) || find_by_pages(machine, code, crash, range))
        return;
    if (!find_registered(&machine->memory, crash, FIT_NEARBY, range))
        find_by_ebp(crash, range);
}
