/* The registered stacks, by address. */
#include "stack_lookup.h"

#include "registry.h"

#define PAGE 4096u

const struct ksg_stack *stack_at(uint32_t address)
{
    unsigned seen = 0;

    for (const struct ksg_stack *stack = registry_stacks(); registry_goes_on(stack, &seen); stack = stack->next)
        if (address - stack->limit < stack->base - stack->limit)
            return stack;
    return 0;
}

const struct ksg_stack *stack_above(uint32_t address)
{
    const struct ksg_stack *next = 0;
    unsigned seen = 0;

    for (const struct ksg_stack *stack = registry_stacks(); registry_goes_on(stack, &seen); stack = stack->next)
        if (stack->limit > address && (!next || stack->limit < next->limit))
            next = stack;
    return next;
}

const struct ksg_stack *stack_guarded(uint32_t address)
{
    unsigned seen = 0;

    for (const struct ksg_stack *stack = registry_stacks(); registry_goes_on(stack, &seen); stack = stack->next)
        if (stack->limit - address - 1 < PAGE)
            return stack_at(address) ? 0 : stack;
    return 0;
}
