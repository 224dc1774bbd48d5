/* The first lines: the verdict, the facts it rests on, the stack, the top users. Who reads no more still has the
 * answer. */
#include "ksg.h"
#include "parts.h"

#define TOP_USERS 3
#define INDENT 11 /* of a line that goes on */

static void print_source(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;

    switch (range->source) {
    case STACK_NOT_FOUND:
        return;
    case STACK_REGISTERED:
        if (range->from != range->pointer && !range->below_zero)
            print_string(print, "  range:   of the stack that ebp is on; the rows begin at ebp");
        else if (range->tie == TIE_NEARBY)
            print_string(print, "  range:   of the next stack above esp; nothing else speaks for it");
        else
            return;
        break;
    case STACK_HOOK:
        print_string(print, "  range:   from the kernel's find_stack");
        break;
    case STACK_ESP0:
        print_string(print, "  range:   base from esp0, limit from the pages around esp");
        break;
    case STACK_PROBED:
        print_string(print, "  range:   from the pages around esp: no stack is registered here");
        break;
    }
    print_line_end(print);
    if (!range->limit_unknown && !range->base_unknown)
        return;
    print_string(print, "           memory goes on ");
    print_string(print, !range->base_unknown ? "below" : !range->limit_unknown ? "above" : "on both sides");
    print_string(print, ", so the range may be wrong");
    print_line_end(print);
}

static void print_hook_loss(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct fault *fault = &scene->range.hook_fault;

    if (!scene->range.hook_faulted)
        return;
    print_string(print, "  lost:    find_stack: ");
    print_string(print, verdict_vector_name(fault->vector));
    print_string(print, " at eip ");
    print_hex8(print, fault->eip);
    if (fault->vector == VECTOR_PF) {
        print_string(print, ", cr2 ");
        print_hex8(print, fault->address);
    }
    print_line_end(print);
}

/* The host said whose memory this should be. */
static void print_space_loss(struct scene *scene)
{
    struct print *print = &scene->print;

    if (scene->crash.space != SPACE_UNREADABLE)
        return;
    print_string(print, "  lost:    the page tables of cr3 ");
    print_hex8(print, scene->crash.victim_cr3);
    print_string(print, "; this is read through cr3 ");
    print_hex8(print, scene->crash.cr3);
    print_line_end(print);
}

/* How much of the stack is in use. Ring 3 leaves a kernel stack empty, wherever esp0 points. */
static void print_use(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;

    if (crash_in_user_mode(&scene->crash) && !crash_on_demand(&scene->crash)) {
        print_string(print, range->pointer == range->base ? "empty" : "empty: esp0 is not its base");
    } else if (scene->verdict.kind == VERDICT_OTHER_STACK) {
        print_string(print, "use not known");
    } else if (range->from != range->pointer && !range->below_zero) {
        print_hex(print, range->base - range->from);
        print_string(print, " of it above ebp");
    } else if (range->unused) {
        print_string(print, "none of it used");
    } else if (scene->clues.above_esp0) {
        if (range->pointer > range->limit)
            print_hex(print, range->base - scene->clues.above_esp0 - range->pointer);
        print_string(print, range->pointer > range->limit ? " of it below esp0 used" : "all of it below esp0 used");
    } else if (range->pointer <= range->limit || range->below_zero) {
        print_string(print, "all of it used");
    } else {
        print_hex(print, range->pointer <= range->base ? range->base - range->pointer : 0);
        print_string(print, " of it used");
    }
}

/* What addr2line has to be given is that much less. */
static void print_move(struct scene *scene)
{
    struct print *print = &scene->print;

    if (scene->code.offset == 0)
        return;
    print_string(print, "  moved:   the kernel runs ");
    print_hex(print, scene->code.offset);
    print_string(print, " above where it was linked");
    print_line_end(print);
}

static void print_range(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;
    uint32_t mark;

    if (range->source == STACK_NOT_FOUND)
        return;
    print_string(print, "  stack:   limit ");
    print_hex8(print, range->limit);
    print_string(print, " base ");
    print_hex8(print, range->base);
    print_string(print, " size ");
    print_hex(print, range->base - range->limit);
    print_string(print, ", ");
    print_use(scene);
    if (scene->walked) {
        print_string(print, ",");
        mark = print->column;
        print_string(print, " ");
        print_decimal(print, scene->totals.frames);
        print_string(print, scene->totals.frames == 1 ? " frame" : " frames");
        print_wrap(print, mark, INDENT);
    }
    print_line_end(print);
    print_source(scene);
}

static bool is_module(const struct usage *usage)
{
    return usage->key < USAGE_BEFORE;
}

static void print_top_users(struct scene *scene)
{
    struct print *print = &scene->print;
    uint32_t shown = 0;
    uint32_t mark = 0;

    for (uint32_t i = 0; i < usage_count(&scene->modules) && shown < TOP_USERS; i++) {
        const struct usage *user = &scene->modules.entries[i];
        uint32_t start;

        if (!is_module(user) || !user->bytes)
            continue;
        print_string(print, shown ? "," : "  most:   ");
        mark = print->column;
        print_string(print, " ");
        print_text(print, code_module_name(&scene->code, user->key, &start), 12);
        print_string(print, " ");
        print_hex(print, user->bytes);
        print_string(print, " (");
        print_decimal(print, print_percent(user->bytes, scene->totals.bytes));
        print_string(print, " %)");
        if (shown++)
            print_wrap(print, mark, INDENT);
    }
    if (shown)
        print_line_end(print);
}

/* "biggest: 2c4 in one frame, MamaHog!query+0x122; 290 of it locals" */
static void print_biggest(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct big_frame *frame = &scene->biggest.frames[0];
    struct anatomy anatomy;
    uint32_t mark;

    if (scene->biggest.count == 0)
        return;
    anatomy_of(&scene->start.view, frame, &anatomy);
    print_string(print, "  biggest: ");
    print_hex(print, frame->bytes);
    print_string(print, " in one frame, ");
    print_place(scene, code_find(&scene->code, frame->pc_exact ? frame->pc : frame->pc - 1), frame->pc, 38);
    if (frame->guess)
        print_string(print, " (guess)");
    if (anatomy.locals) {
        print_string(print, ";");
        mark = print->column;
        print_string(print, " ");
        print_hex(print, anatomy.locals);
        print_string(print, " of it locals");
        print_wrap(print, mark, INDENT);
    }
    print_line_end(print);
}

/* A function whose frames take most of what repeats, though no two turns may be alike; 0: there is none. */
static const struct usage *uneven_recursion(const struct scene *scene)
{
    const struct usage *function = clues_recursive(&scene->functions);

    return function && function->bytes / 2 > scene->folded.greatest_bytes ? function : 0;
}

/* "repeats: nt!parse and 1 more, 213 turns, a8 each, 8bc8 in all", or "repeats: nt!parse, 300 frames, 8bc8 in all" */
static void print_repeats(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct cycle *cycle = &scene->folded.greatest;
    const struct usage *uneven = uneven_recursion(scene);
    struct function *function;
    uint32_t mark;

    if (uneven) {
        print_string(print, "  repeats: ");
        print_function(scene, code_find(&scene->code, uneven->key), uneven->key, 32);
        print_string(print, ", ");
        print_decimal(print, uneven->frames);
        print_string(print, " frames, ");
        print_hex(print, uneven->bytes);
        print_string(print, " in all");
        print_line_end(print);
        return;
    }
    if (cycle->turns == 0)
        return;
    function = code_find(&scene->code, cycle->pc_exact ? cycle->pc : cycle->pc - 1);
    print_string(print, "  repeats: ");
    print_function(scene, function, cycle->pc, 32);
    if (cycle->rows > 1) {
        print_string(print, " and ");
        print_decimal(print, cycle->rows - 1);
        print_string(print, " more");
    }
    print_string(print, ",");
    mark = print->column;
    print_string(print, " ");
    print_decimal(print, cycle->turns);
    print_string(print, " turns, ");
    print_hex(print, cycle->bytes);
    print_string(print, " each, ");
    print_hex(print, scene->folded.greatest_bytes);
    print_string(print, " in all");
    print_wrap(print, mark, INDENT);
    print_line_end(print);
}

void part_headline(struct scene *scene)
{
    struct print *print = &scene->print;

    print_string(print, "======== kstackguard ");
    print_decimal(print, KSG_VERSION_MAJOR);
    print_string(print, ".");
    print_decimal(print, KSG_VERSION_MINOR);
    print_string(print, ": ");
    print_string(print, sentence_title(&scene->verdict));
    print_string(print, " ========");
    print_line_end(print);
    print_sentence(scene);
    print_evidence(scene);
    print_range(scene);
    print_move(scene);
    print_hook_loss(scene);
    print_space_loss(scene);
    if (scene->walked) {
        print_top_users(scene);
        print_biggest(scene);
        print_repeats(scene);
    }
    print_line_end(print);
}
