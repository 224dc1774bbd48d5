/* Which stack ran out. */
#include "stack.h"

#include "print.h"
#include "registry.h"

#define PAGE 4096u
#define PROBE_LONGEST 0x100000u /* bytes to each side */
#define FAR_OFF 0x10000u        /* below a stack's limit: an ESP there may still have run off it */
#define FARTHEST 0x100000u      /* with EBP still on the stack: no frame is larger */

bool stack_page_readable(struct memory *memory, uint32_t address)
{
    uint8_t byte;

    return memory_copy(memory, &memory->data, address & ~(PAGE - 1), &byte, 1) == 1;
}

static void take(struct stack_range *range, enum stack_source source, const struct ksg_stack *stack)
{
    range->source = source;
    range->name = print_c_string(stack->name);
    range->limit = stack->limit;
    range->base = stack->base;
}

static bool holds(const struct ksg_stack *stack, uint32_t address)
{
    return address >= stack->limit && address <= stack->base;
}

/* How well esp and ebp fit the stack; 0: not at all. An ESP at the limit belongs to this stack rather than to the one
   that has its base there; an ESP below belongs to it if EBP still does. */
static unsigned fit(const struct ksg_stack *stack, uint32_t esp, uint32_t ebp)
{
    bool ebp_in = holds(stack, ebp) && ebp != stack->base;

    if (holds(stack, esp) && esp != stack->base)
        return ebp_in ? 6 : 5;
    if (holds(stack, esp))
        return ebp_in ? 6 : 2;
    if (esp < stack->limit && stack->limit - esp <= FARTHEST && ebp_in)
        return 4;
    if (esp < stack->limit && stack->limit - esp <= PAGE)
        return 3;
    return esp < stack->limit && stack->limit - esp <= FAR_OFF ? 1 : 0;
}

static bool find_registered(const struct crash *crash, struct stack_range *range)
{
    const struct ksg_stack *stack = registry_stacks();
    const struct ksg_stack *best = 0;
    uint32_t ebp = crash_in_user_mode(crash) ? range->pointer : crash->ebp;
    unsigned best_fit = 0;

    for (unsigned i = 0; stack && i < REGISTRY_LONGEST && registry_stack_whole(stack); i++, stack = stack->next) {
        unsigned stack_fit = fit(stack, range->pointer, ebp);

        if (stack_fit > best_fit || (stack_fit && stack_fit == best_fit && stack->limit < best->limit)) {
            best = stack;
            best_fit = stack_fit;
        }
    }
    if (!best)
        return false;
    take(range, STACK_REGISTERED, best);
    return true;
}

struct question {
    const struct ksg_config *config;
    uint32_t esp;
    struct ksg_stack found;
    int answer;
};

static void ask(void *argument)
{
    struct question *question = argument;

    question->answer = question->config->find_stack(question->config->context, question->esp, &question->found);
}

static bool find_by_hook(struct machine *machine, struct stack_range *range)
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
        take(range, STACK_HOOK, &question.found);
    return sensible;
}

/* The lowest address of the readable pages that reach down from address. */
static uint32_t probe_down(struct memory *memory, uint32_t address, bool *goes_on)
{
    uint32_t page = address & ~(PAGE - 1);
    uint32_t lowest = address > PROBE_LONGEST ? address - PROBE_LONGEST : 0;

    while (page > lowest && stack_page_readable(memory, page - PAGE))
        page -= PAGE;
    *goes_on = page <= lowest;
    return page;
}

static uint32_t probe_up(struct memory *memory, uint32_t address, bool *goes_on)
{
    uint32_t page = (address & ~(PAGE - 1)) + PAGE;

    while (page && page - address < PROBE_LONGEST && stack_page_readable(memory, page))
        page += PAGE;
    *goes_on = !page || page - address >= PROBE_LONGEST;
    return page ? page : 0u - PAGE;
}

/* The page that the stack's last word lies in: ESP's, or the one above when ESP fell off its lower end. */
static bool find_inside(struct memory *memory, uint32_t pointer, uint32_t *inside)
{
    *inside = pointer;
    return stack_page_readable(memory, pointer);
}

static bool find_below_esp0(struct machine *machine, const struct crash *crash, struct stack_range *range)
{
    uint32_t base = crash->esp0 & ~3u;
    uint32_t inside;

    if (!base || range->pointer > base || base - range->pointer > PROBE_LONGEST)
        return false;
    if (!find_inside(&machine->memory, range->pointer < base ? range->pointer : base - 4, &inside))
        return false;
    range->source = STACK_ESP0;
    range->base = base;
    range->limit = probe_down(&machine->memory, inside, &range->limit_unknown);
    return true;
}

static bool probe(struct machine *machine, struct stack_range *range)
{
    uint32_t inside;

    if (!find_inside(&machine->memory, range->pointer, &inside))
        return false;
    range->source = STACK_PROBED;
    range->limit = probe_down(&machine->memory, inside, &range->limit_unknown);
    range->base = probe_up(&machine->memory, inside, &range->base_unknown);
    return true;
}

void stack_find(struct machine *machine, const struct crash *crash, struct stack_range *range)
{
    range->source = STACK_NOT_FOUND;
    range->name = (struct text){0, 0};
    range->limit = range->base = 0;
    range->limit_unknown = range->base_unknown = range->hook_faulted = false;
    range->pointer = crash_in_user_mode(crash) ? crash->esp0 : crash->esp;
    if (!crash->registers_known)
        return;
    if (find_registered(crash, range) || find_by_hook(machine, range) || find_below_esp0(machine, crash, range))
        return;
    probe(machine, range);
}
