/* The evidence of traps that nest: how many there are, and which came first. */
#include "parts.h"

#define INDENT 11
#define NAME_ROOM 40

/* Begins a line of its own where this one has no room for all of it. */
static void print_part(struct scene *scene, const char *before, uint32_t pc, bool exact, const char *behind)
{
    struct print *print = &scene->print;
    uint32_t mark = print->column;

    print_string(print, before);
    print_place(scene, code_find(&scene->code, exact ? pc : pc - 1), pc, NAME_ROOM);
    print_string(print, behind);
    print_wrap(print, mark, INDENT);
}

/* "40 traps nest and take 1f60; the first, in kernel!trap_13+0x1d, interrupted probe+0x2, called by init+0x2a" */
void print_nested(struct scene *scene)
{
    const struct nest *nest = &scene->clues.nest;
    struct print *print = &scene->print;

    if (nest->traps < NEST_LEAST) /* a call of the kernel by an interrupt, and a page fault in it, say, are usual */
        return;
    print_evidence_line(print);
    if (!nest->first)
        print_string(print, "at least ");
    print_decimal(print, nest->traps);
    print_string(print, " traps nest");
    if (nest->bytes) {
        print_string(print, " and take ");
        print_hex(print, nest->bytes);
    }
    print_string(print, ";");
    print_part(scene, nest->first ? " the first, " : " the outermost known, ", nest->stub, false, ",");
    print_part(scene, " interrupted ", nest->pc, true, nest->caller ? "," : "");
    if (nest->caller)
        print_part(scene, " called by ", nest->caller, false, "");
    print_line_end(print);
}
