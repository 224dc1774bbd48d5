/* What the host registered: stacks and modules. */
#include "registry.h"

#include <stddef.h>

#include "crc.h"

/* The kernel's own table takes this one's place in the second link. */
__attribute__((weak, section(".ksg_symbols"))) const struct symbols_header ksg_symbol_table = {
    .magic = SYMBOLS_MAGIC,
    .version = SYMBOLS_VERSION,
};

/* A list of entries of one type: what both types have in common. */
struct list {
    void **first;
    uint32_t *complement; /* of how many there are: zeros are no empty list */
    uint32_t next;        /* where in an entry that field is */
    bool (*whole)(const void *entry);
};

/* --- entries --- */

/* The checksums leave out next, which changes when neighbours come and go; that the entry stands where it was registered
   is part of them. */
static unsigned int stack_check(const struct ksg_stack *stack)
{
    uint32_t words[] = {(uint32_t)(uintptr_t)stack, (uint32_t)(uintptr_t)stack->name, stack->limit, stack->base};

    return crc_bytes(0, words, sizeof words);
}

static unsigned int module_check(const struct ksg_module *module)
{
    uint32_t words[] = {(uint32_t)(uintptr_t)module,          (uint32_t)(uintptr_t)module->name,
                        (uint32_t)(uintptr_t)module->ranges,  module->range_count,
                        (uint32_t)(uintptr_t)module->symbols, module->symbols_offset};
    uint32_t ranges = module->range_count < REGISTRY_RANGES ? module->range_count : REGISTRY_RANGES;

    return crc_bytes(crc_bytes(0, words, sizeof words), module->ranges, ranges * (uint32_t)sizeof *module->ranges);
}

bool registry_stack_whole(const struct ksg_stack *stack)
{
    return stack->check == stack_check(stack);
}

bool registry_module_whole(const struct ksg_module *module)
{
    return module->check == module_check(module);
}

static bool stack_whole(const void *entry)
{
    return registry_stack_whole(entry);
}

static bool module_whole(const void *entry)
{
    return registry_module_whole(entry);
}

/* --- lists --- */

static void *first_stack, *first_module;
static uint32_t not_stacks = ~0u, not_modules = ~0u;
static const struct list stacks = {&first_stack, &not_stacks, offsetof(struct ksg_stack, next), stack_whole};
static const struct list modules = {&first_module, &not_modules, offsetof(struct ksg_module, next), module_whole};

const struct ksg_stack *registry_stacks(void)
{
    return first_stack;
}

const struct ksg_module *registry_modules(void)
{
    return first_module;
}

/* Copied, since a pointer to either type is no pointer to void. */
static void *next_of(const struct list *list, const void *entry)
{
    void *next;

    __builtin_memcpy(&next, (const char *)entry + list->next, sizeof next);
    return next;
}

/* Makes next follow entry; without one, be the first. */
static void link_behind(const struct list *list, void *entry, void *next)
{
    if (entry)
        __builtin_memcpy((char *)entry + list->next, &next, sizeof next);
    else
        *list->first = next;
}

/* Looks for entry. True: it is in the list; before is the one before it, 0 for none. False: before is the last one. */
static bool find(const struct list *list, const void *entry, void **before)
{
    void *here = *list->first;

    *before = 0;
    while (here && here != entry) {
        *before = here;
        here = next_of(list, here);
    }
    return here != 0;
}

/* At no moment does the list count more than there are: it may be the moment of a crash. */
static void append(const struct list *list, void *last, void *entry)
{
    link_behind(list, last, entry);
    --*list->complement;
}

static bool take_out(const struct list *list, void *entry)
{
    void *before;

    if (!find(list, entry, &before))
        return false;
    ++*list->complement;
    link_behind(list, before, next_of(list, entry));
    link_behind(list, entry, 0);
    return true;
}

int KSG_CALL ksg_add_stack(struct ksg_stack *stack)
{
    void *last;

    if (!stack)
        return KSG_NULL;
    if (stack->limit >= stack->base || (stack->limit | stack->base) & 3)
        return KSG_BAD_STACK;
    if (find(&stacks, stack, &last))
        return KSG_ALREADY_ADDED;
    stack->next = 0;
    stack->painted = 0; /* a thread structure that is used again: another stack, which nobody has painted yet */
    stack->check = stack_check(stack);
    append(&stacks, last, stack);
    return KSG_OK;
}

int KSG_CALL ksg_remove_stack(struct ksg_stack *stack)
{
    if (!stack)
        return KSG_NULL;
    if (!take_out(&stacks, stack))
        return KSG_NOT_ADDED;
    stack->check = 0;
    return KSG_OK;
}

static bool ranges_valid(const struct ksg_module *module)
{
    if (module->range_count > REGISTRY_RANGES)
        return false;
    for (unsigned int i = 0; i < module->range_count; i++)
        if (module->ranges[i].start >= module->ranges[i].end)
            return false;
    return module->range_count > 0;
}

int KSG_CALL ksg_add_module(struct ksg_module *module)
{
    struct symbols symbols;
    void *last;

    if (!module || !module->ranges)
        return KSG_NULL;
    if (!ranges_valid(module))
        return KSG_BAD_MODULE;
    if (module->symbols && !symbols_open(&symbols, module->symbols, UINT32_MAX, true))
        return KSG_BAD_SYMBOLS;
    if (find(&modules, module, &last))
        return KSG_ALREADY_ADDED;
    module->next = 0;
    module->check = module_check(module);
    append(&modules, last, module);
    return KSG_OK;
}

int KSG_CALL ksg_remove_module(struct ksg_module *module)
{
    if (!module)
        return KSG_NULL;
    if (!take_out(&modules, module))
        return KSG_NOT_ADDED;
    module->check = 0;
    return KSG_OK;
}

/* --- the check before use --- */

/* An entry is looked at under a guard: a pointer that leads nowhere faults. */
struct look {
    struct machine *machine;
    const struct list *list;
    void *entry, *next;
    bool whole;
};

static void look(void *argument)
{
    struct look *look = argument;

    look->next = next_of(look->list, look->entry);
    look->whole = look->list->whole(look->entry);
}

static bool look_at(struct look *here, void *entry)
{
    struct fault fault;

    here->entry = entry;
    here->next = entry;
    here->whole = false;
    return here->machine->guard(here->machine, look, here, &fault) && here->whole;
}

static void relink(void *argument)
{
    struct look *look = argument;

    link_behind(look->list, look->entry, look->next);
}

/* Makes next follow entry where it does not. The entry may be in memory that cannot be written. */
static void follow(struct look *here, void *entry, void *next)
{
    struct fault fault;

    here->entry = entry;
    here->next = next;
    if ((entry ? next_of(here->list, entry) : *here->list->first) != next)
        here->machine->guard(here->machine, relink, here, &fault);
}

/* Behind a damaged entry the list goes on if its next leads to a whole one: then that one's own checksum vouches for it. */
static uint32_t check_list(struct machine *machine, const struct list *list, bool *cut)
{
    struct look here = {machine, list, 0, 0, false};
    void *last = 0, *entry = *list->first;
    uint32_t damaged = 0, whole_ones = 0, seen = 0;
    bool doubtful = false;

    for (; entry && seen < REGISTRY_LONGEST; seen++) {
        void *next;
        bool whole = look_at(&here, entry);

        next = here.next;
        if (!whole && doubtful)
            break;
        damaged += !whole;
        doubtful = !whole;
        if (whole) {
            follow(&here, last, entry);
            last = entry;
            whole_ones++;
        }
        if (next == entry) /* it cannot be read, or leads to itself */
            break;
        entry = next;
    }
    *cut = entry != 0 || whole_ones + damaged < ~*list->complement;
    *list->complement = ~whole_ones;
    follow(&here, last, 0);
    return damaged;
}

/* The modules whose symbols are damaged, a bit for each. */
static uint32_t nameless[REGISTRY_LONGEST / 32];

static void open_symbols(void *argument)
{
    struct look *look = argument;
    const struct ksg_module *module = look->entry;
    struct symbols symbols;

    look->whole = !module->symbols || symbols_open(&symbols, module->symbols, UINT32_MAX, true);
}

static uint32_t check_symbols(struct machine *machine)
{
    struct ksg_module *module = first_module;
    uint32_t damaged = 0;

    for (uint32_t i = 0; i < REGISTRY_LONGEST / 32; i++)
        nameless[i] = 0;
    for (uint32_t i = 0; module && i < REGISTRY_LONGEST; i++, module = module->next) {
        struct look here = {machine, &modules, module, 0, false};
        struct fault fault;

        if (machine->guard(machine, open_symbols, &here, &fault) && here.whole)
            continue;
        nameless[i / 32] |= 1u << i % 32;
        damaged++;
    }
    return damaged;
}

void registry_check(struct machine *machine, struct registry_losses *losses)
{
    losses->stacks = check_list(machine, &stacks, &losses->stacks_cut);
    losses->modules = check_list(machine, &modules, &losses->modules_cut);
    losses->symbols = check_symbols(machine);
}

bool registry_symbols_whole(uint32_t index)
{
    return index < REGISTRY_LONGEST && !(nameless[index / 32] >> index % 32 & 1);
}
