/* What the host registered: stacks and modules. */
#include "registry.h"

#include "crc.h"

static struct ksg_stack *stacks;
static struct ksg_module *modules;

/* The kernel's own table takes this one's place in the second link. */
__attribute__((weak, section(".ksg_symbols"))) const struct symbols_header ksg_symbol_table = {
    .magic = SYMBOLS_MAGIC,
    .version = SYMBOLS_VERSION,
};

/* The checksum leaves out next, which changes when neighbours come and go; that the entry stands where it was
   registered is part of it. */
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

    return crc_bytes(0, words, sizeof words);
}

bool registry_stack_whole(const struct ksg_stack *stack)
{
    return stack->check == stack_check(stack);
}

bool registry_module_whole(const struct ksg_module *module)
{
    return module->check == module_check(module);
}

const struct ksg_stack *registry_stacks(void)
{
    return stacks;
}

const struct ksg_module *registry_modules(void)
{
    return modules;
}

/* The link that leads to stack, or the last one, which is 0. */
static struct ksg_stack **stack_link(const struct ksg_stack *stack)
{
    struct ksg_stack **link = &stacks;

    while (*link && *link != stack)
        link = &(*link)->next;
    return link;
}

static struct ksg_module **module_link(const struct ksg_module *module)
{
    struct ksg_module **link = &modules;

    while (*link && *link != module)
        link = &(*link)->next;
    return link;
}

int ksg_add_stack(struct ksg_stack *stack)
{
    struct ksg_stack **link;

    if (!stack)
        return KSG_NULL;
    if (stack->limit >= stack->base || (stack->limit | stack->base) & 3)
        return KSG_BAD_STACK;
    link = stack_link(stack);
    if (*link)
        return KSG_ALREADY_ADDED;
    stack->next = 0;
    stack->check = stack_check(stack);
    *link = stack;
    return KSG_OK;
}

int ksg_remove_stack(struct ksg_stack *stack)
{
    struct ksg_stack **link;

    if (!stack)
        return KSG_NULL;
    link = stack_link(stack);
    if (!*link)
        return KSG_NOT_ADDED;
    *link = stack->next;
    stack->next = 0;
    stack->check = 0;
    return KSG_OK;
}

static bool ranges_valid(const struct ksg_module *module)
{
    for (unsigned int i = 0; i < module->range_count; i++)
        if (module->ranges[i].start >= module->ranges[i].end)
            return false;
    return module->range_count > 0;
}

int ksg_add_module(struct ksg_module *module)
{
    struct ksg_module **link;
    struct symbols symbols;

    if (!module || !module->ranges)
        return KSG_NULL;
    if (!ranges_valid(module))
        return KSG_BAD_MODULE;
    if (module->symbols && !symbols_open(&symbols, module->symbols, UINT32_MAX, true))
        return KSG_BAD_SYMBOLS;
    link = module_link(module);
    if (*link)
        return KSG_ALREADY_ADDED;
    module->next = 0;
    module->check = module_check(module);
    *link = module;
    return KSG_OK;
}

int ksg_remove_module(struct ksg_module *module)
{
    struct ksg_module **link;

    if (!module)
        return KSG_NULL;
    link = module_link(module);
    if (!*link)
        return KSG_NOT_ADDED;
    *link = module->next;
    module->next = 0;
    module->check = 0;
    return KSG_OK;
}
