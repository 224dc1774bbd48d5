/* The section on the biggest frames: how big, called by whom, made of what. */
#include "parts.h"

#define NAME_ROOM 45 /* what may stand beside it fits in the line, too */
#define INDENT 6
#define WORD_SIZE 4

static void print_caller(struct scene *scene, const struct big_frame *frame, const struct anatomy *anatomy)
{
    struct print *print = &scene->print;
    uint32_t caller = frame->return_address;
    uint32_t mark = print->column;

    if (!anatomy->called)
        return;
    print_string(print, " called by ");
    print_place(scene, code_find(&scene->code, caller - 1), caller, NAME_ROOM);
    if (anatomy->called_by_pointer) {
        print_string(print, " through [");
        print_hex8(print, anatomy->pointer);
        print_string(print, "]");
    }
    print_wrap(print, mark, INDENT);
}

/* One summand; nothing for none. */
static void print_summand(struct print *print, uint32_t bytes, const char *what, bool *first)
{
    uint32_t mark;

    if (bytes == 0)
        return;
    if (!*first)
        print_string(print, ", ");
    *first = false;
    mark = print->column;
    print_hex(print, bytes);
    print_string(print, what);
    print_wrap(print, mark, INDENT);
}

/* Of the pushes of a function that has no EBP frame, the first counts to its caller's. */
static void print_pushes(struct print *print, const struct anatomy *anatomy, bool *first)
{
    if (anatomy->pushed == anatomy->pushes) {
        print_summand(print, anatomy->pushes, " pushes", first);
        return;
    }
    print_summand(print, anatomy->pushes, " of ", first);
    if (anatomy->pushes) {
        print_hex(print, anatomy->pushed);
        print_string(print, " pushes");
    }
}

static const char *below_text(enum below below, uint32_t bytes)
{
    if (below == BELOW_TRAP)
        return " a trap and its stub";
    if (bytes == WORD_SIZE)
        return " its callee's return address";
    return below == BELOW_WORD ? " its callee's first word and return address" : " its callee's ebp and return address";
}

static void print_anatomy(struct scene *scene, const struct big_frame *frame, const struct anatomy *anatomy)
{
    struct print *print = &scene->print;
    bool first = true;

    print_to_column(print, INDENT);
    print_summand(print, anatomy->locals, " locals", &first);
    print_summand(print, anatomy->dynamic, " alloca", &first);
    print_summand(print, anatomy->alignment, " alignment", &first);
    print_pushes(print, anatomy, &first);
    print_summand(print, anatomy->arguments, " arguments", &first);
    print_summand(print, anatomy->below, below_text(frame->below, anatomy->below), &first);
    print_summand(print, anatomy->unexplained, " not explained", &first);
    print_line_end(print);
}

void part_frames(struct scene *scene)
{
    struct print *print = &scene->print;

    if (!scene->walked || scene->biggest.count == 0)
        return;
    print_string(print, "biggest frames");
    print_line_end(print);
    for (uint32_t i = 0; i < biggest_count(&scene->biggest); i++) {
        const struct big_frame *frame = &scene->biggest.frames[i];
        struct anatomy anatomy;

        anatomy_of(&scene->start.view, frame, &anatomy);
        print_hex_right(print, frame->bytes, 5);
        print_string(print, " ");
        print_place(scene, code_find(&scene->code, frame->pc_exact ? frame->pc : frame->pc - 1), frame->pc, NAME_ROOM);
        if (frame->guess)
            print_string(print, " (guess)");
        if (frame->frames > 1) {
            print_string(print, ", biggest of ");
            print_decimal(print, frame->frames);
            print_string(print, ",");
        }
        print_caller(scene, frame, &anatomy);
        print_line_end(print);
        print_anatomy(scene, frame, &anatomy);
    }
    print_line_end(print);
}
