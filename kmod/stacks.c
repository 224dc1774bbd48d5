/* The section on the other stacks: how deep each painted one ever got. */
#include "paint.h"
#include "parts.h"
#include "registry.h"

#define NAME_ROOM 32
#define LINES_MOST 16

static void print_stack(struct print *print, const struct ksg_stack *stack, uint32_t depth)
{
    uint32_t name = print->column;

    print_string(print, "  \"");
    print_text(print, print_c_string(stack->name), NAME_ROOM);
    print_string(print, "\"");
    print_to_column(print, name + 9);
    print_hex_right(print, depth, 6);
    print_string(print, " of ");
    print_hex(print, stack->base - stack->limit);
    if (depth == stack->base - stack->limit)
        print_string(print, ": to its end");
    print_line_end(print);
}

static void print_more(struct print *print, uint32_t count, const char *of_what)
{
    print_string(print, "  and ");
    print_decimal(print, count);
    print_string(print, of_what);
    print_line_end(print);
}

void part_stacks(struct scene *scene)
{
    struct print *print = &scene->print;
    uint32_t found = 0, missing = 0;
    unsigned seen = 0;

    for (const struct ksg_stack *stack = registry_stacks(); registry_goes_on(stack, &seen); stack = stack->next) {
        bool crashed = stack->limit == scene->range.limit && stack->base == scene->range.base;
        uint32_t depth;

        if (crashed || !paint_is_on(stack))
            continue;
        if (!paint_high_water(&scene->machine->memory, stack, &depth)) {
            missing++;
            continue;
        }
        if (found++ == 0) {
            print_string(print, "other stacks, deepest use so far");
            print_line_end(print);
        }
        if (found <= LINES_MOST)
            print_stack(print, stack, depth);
    }
    if (found > LINES_MOST)
        print_more(print, found - LINES_MOST, " more");
    if (missing > 0)
        print_more(print, missing, found > 0 ? " that cannot be read here" : " other painted stacks cannot be read here");
    if (found + missing > 0)
        print_line_end(print);
}
