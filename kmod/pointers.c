/* The first line of the evidence: where ESP is, and what CR2 is. */
#include "parts.h"

#define INDENT 11 /* of a line that goes on */

/* "at the base", "8 above the base", of a stack that may not be the one whose rows are shown. */
static void print_top(struct scene *scene, uint32_t base, const struct ksg_stack *other)
{
    struct print *print = &scene->print;
    uint32_t above = scene->range.pointer - base;

    print_string(print, " is ");
    if (above)
        print_hex(print, above);
    print_string(print, above ? " above the base" : "at the base");
    if (other) {
        print_string(print, " of ");
        print_stack_name(print, print_c_string(other->name));
    }
}

/* "esp c0213008 is 8 above the limit" */
static void print_pointer(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;

    print_string(print, crash_in_user_mode(&scene->crash) ? "esp0 " : "esp ");
    print_hex8(print, range->pointer);
    if (range->top) {
        print_top(scene, range->top->base, range->tie == TIE_EBP_ONLY ? range->top : 0);
    } else if (range->source == STACK_NOT_FOUND || range->tie == TIE_EBP_ONLY) {
        print_string(print, " is on no known stack");
    } else if (range->pointer == range->limit) {
        print_string(print, " is at the limit");
    } else if (range->pointer >= range->base && !range->below_zero) {
        print_top(scene, range->base, 0);
    } else {
        bool below = range->pointer < range->limit || range->below_zero;

        print_string(print, " is ");
        print_hex(print, below ? range->limit - range->pointer : range->pointer - range->limit);
        print_string(print, below ? " below the limit" : " above the limit");
    }
}

static void print_cr2(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;
    uint32_t cr2 = scene->crash.cr2;
    uint32_t mark = print->column + 1;
    const struct ksg_stack *guard_of = scene->clues.guard_of;
    bool on_demand = crash_on_demand(&scene->crash);
    enum raised_by raised = scene->clues.raised.by;

    if (on_demand && cr2 == 0 && raised != RAISED_BY_ACCESS && raised != RAISED_BY_FETCH) /* it was no page fault */
        return;
    print_string(print, ", cr2 ");
    print_hex8(print, cr2);
    if (scene->clues.push_elsewhere) {
        print_string(print, " is a failed push, but present here");
    } else if (on_demand ? !scene->clues.cr2_missing : !scene->clues.push_failed) {
        print_string(print, on_demand ? " is present" : " is no failed push");
    } else if (scene->clues.in_guard) {
        if (range->pointer == range->limit) /* else the line would be too long */
            print_string(print, " is");
        print_string(print, " in its guard page");
    } else if (guard_of && scene->verdict.kind != VERDICT_OVERFLOW) {
        print_string(print, " is in the guard page of ");
        print_stack_name(print, print_c_string(guard_of->name));
    } else {
        print_string(print, " is not present");
    }
    print_wrap(print, mark, INDENT);
}

void print_pointers(struct scene *scene)
{
    print_pointer(scene);
    print_cr2(scene);
    print_line_end(&scene->print);
}
