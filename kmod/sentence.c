/* The report's title, and the sentence below it: who did what. */
#include "parts.h"

#define NAME_ROOM 40

const char *sentence_title(const struct verdict *verdict)
{
    switch (verdict->kind) {
    case VERDICT_OVERFLOW:
    case VERDICT_TRAMPLED:
        return "KERNEL STACK OVERFLOW";
    case VERDICT_NEAR_END:
        return "KERNEL STACK ALMOST USED UP";
    case VERDICT_ON_DEMAND:
        return "KERNEL STACK REPORT";
    case VERDICT_GUARD_PAGE:
        return "WILD ACCESS TO A GUARD PAGE";
    case VERDICT_ENTRY:
        return "DOUBLE FAULT, NO ROOM AT ESP0";
    case VERDICT_OTHER_SPACE:
        return "DOUBLE FAULT, OTHER ADDRESS SPACE";
    case VERDICT_HOLE:
        return "DOUBLE FAULT, STACK PAGE NOT PRESENT";
    case VERDICT_NO_STACK:
        return "DOUBLE FAULT, ESP ON NO STACK";
    case VERDICT_UNDERFLOW:
        return "KERNEL STACK UNDERFLOW";
    case VERDICT_UNUSED:
        return "DOUBLE FAULT, ESP ON AN UNUSED STACK";
    case VERDICT_OTHER_STACK:
        return "DOUBLE FAULT, ESP ON ANOTHER STACK";
    case VERDICT_SMASHED_EBP:
        return "DOUBLE FAULT, SAVED EBP OVERWRITTEN";
    case VERDICT_SMASHED_RETURN:
        return "DOUBLE FAULT, RETURN ADDRESS OVERWRITTEN";
    case VERDICT_UNDELIVERABLE:
        return "DOUBLE FAULT, EXCEPTION NOT DELIVERED";
    case VERDICT_NO_HANDLER:
        return "DOUBLE FAULT, NO PAGE-FAULT HANDLER";
    case VERDICT_NO_DOUBLE_FAULT:
        return "DOUBLE FAULT GATE ENTERED, NO DOUBLE FAULT";
    case VERDICT_UNKNOWN:
        break;
    }
    return "DOUBLE FAULT, CAUSE NOT KNOWN";
}

/* Who did it; with a comma behind, if what follows goes on with a verb, where there is one within. */
static void print_who(struct scene *scene, bool verb_follows)
{
    struct print *print = &scene->print;
    const struct clues *clues = &scene->clues;

    if (scene->crash.eip_unknown) {
        print_string(print, "Code that is not known");
    } else if (verdict_is_of_handler(&scene->verdict, clues)) {
        print_string(print, "A trap in ");
        print_place(scene, code_find(&scene->code, clues->trapped.pc), clues->trapped.pc, NAME_ROOM);
    } else if (clues->came_by_call) {
        print_place(scene, code_find(&scene->code, clues->caller - 1), clues->caller, NAME_ROOM);
        print_string(print, ", calling ");
        print_hex8(print, scene->crash.eip);
        if (verb_follows)
            print_string(print, ",");
    } else {
        print_place(scene, code_find(&scene->code, scene->crash.eip), scene->crash.eip, NAME_ROOM);
    }
}

static void print_culprit(struct scene *scene)
{
    print_who(scene, true);
}

static void print_overflow(struct scene *scene)
{
    static const char *const by[] = {"", ", by recursion", ", by one frame", ", by traps that nest"};
    struct print *print = &scene->print;

    print_culprit(scene);
    print_string(print, " ran off the end of ");
    print_stack_name(print, scene->range.name);
    print_string(print, by[scene->verdict.by]);
}

static void print_underflow(struct scene *scene)
{
    struct print *print = &scene->print;
    struct text name = print_c_string(scene->range.top->name);

    if (scene->clues.came_by_return && scene->range.pointer == scene->range.top->base) {
        print_string(print, "A ret took the last word of ");
        print_stack_name(print, name);
        print_string(print, " and went to ");
        print_hex8(print, scene->crash.eip);
        return;
    }
    print_culprit(scene);
    print_string(print, " ran off the base of ");
    print_stack_name(print, name);
}

static void print_undeliverable(struct scene *scene)
{
    struct print *print = &scene->print;

    print_culprit(scene);
    if (!scene->verdict.vector_known) {
        print_string(print, " raised an exception that could not be delivered");
        return;
    }
    print_string(print, " raised ");
    print_string(print, verdict_vector_name(scene->verdict.vector));
    print_string(print, ", which could not be delivered");
}

/* Ends the sentence; goes on below where it is too long. */
static void end_sentence(struct print *print)
{
    uint32_t blank = PRINT_COLUMNS;

    print_string(print, ".");
    if (print->column > PRINT_COLUMNS)
        while (blank > 0 && print->line[blank] != ' ')
            blank--;
    print_wrap(print, blank, 0);
    print_line_end(print);
}

struct text reason_of(const struct scene *scene)
{
    struct text reason = print_c_string(scene->crash.reason);
    uint32_t length = 0;

    while (length < reason.length && reason.characters[length] != '\r' && reason.characters[length] != '\n')
        length++;
    reason.length = length;
    return reason;
}

/* "kernel!f+0x1c: assertion failed" */
static void print_reason(struct scene *scene)
{
    struct print *print = &scene->print;
    struct text reason = reason_of(scene);

    print_who(scene, !reason.length);
    if (!reason.length) {
        print_string(print, " asked for this report");
        return;
    }
    print_string(print, ": ");
    print_text(print, reason, PRINT_COLUMNS - 1 - print->column);
}

/* "stack "worker" was used to its end; kernel!f+0x1c runs on stack "idle"" */
static void print_trampled(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct ksg_stack *trampled = scene->crash.trampled;
    bool current = trampled->limit == scene->range.limit && trampled->base == scene->range.base;
    uint32_t mark;

    print_stack_name(print, print_c_string(trampled->name));
    if (scene->verdict.kind == VERDICT_NEAR_END) {
        print_string(print, " was used to within ");
        print_hex(print, scene->crash.untouched);
        print_string(print, " of its end, or beyond;");
    } else {
        print_string(print, " was used to its end;");
    }
    mark = print->column;
    print_string(print, " ");
    print_culprit(scene);
    print_string(print, " runs on ");
    if (current)
        print_string(print, "it");
    else if (scene->range.source == STACK_NOT_FOUND)
        print_string(print, "no known stack");
    else
        print_stack_name(print, scene->range.name);
    print_wrap(print, mark, 2);
}

void print_sentence(struct scene *scene)
{
    struct print *print = &scene->print;

    switch (scene->verdict.kind) {
    case VERDICT_OVERFLOW:
        print_overflow(scene);
        break;
    case VERDICT_ENTRY:
        print_string(print, "An entry from user mode found no ");
        if (scene->range.source == STACK_NOT_FOUND) {
            print_string(print, "stack at esp0");
            break;
        }
        print_string(print, "room on ");
        print_stack_name(print, scene->range.name);
        break;
    case VERDICT_OTHER_SPACE:
        print_culprit(scene);
        print_string(print, " ran in an address space that lacks a page of ");
        if (scene->range.source == STACK_NOT_FOUND)
            print_string(print, "its stack");
        else
            print_stack_name(print, scene->range.name);
        break;
    case VERDICT_HOLE:
        print_culprit(scene);
        print_string(print, " ran into a missing page of ");
        print_stack_name(print, scene->range.top ? print_c_string(scene->range.top->name) : scene->range.name);
        break;
    case VERDICT_UNDERFLOW:
        print_underflow(scene);
        break;
    case VERDICT_UNUSED:
        print_culprit(scene);
        print_string(print, " ran with its esp at the end of ");
        print_stack_name(print, scene->range.name);
        print_string(print, ", which was never used");
        break;
    case VERDICT_NO_STACK:
        print_culprit(scene);
        print_string(print, " ran with an esp that is on no known stack");
        break;
    case VERDICT_OTHER_STACK:
        print_culprit(scene);
        print_string(print, " ran with its esp at the end of ");
        print_stack_name(print, scene->range.name);
        print_string(print, ", not its own");
        break;
    case VERDICT_SMASHED_EBP:
        print_culprit(scene);
        print_string(print, " took its esp from an overwritten ebp");
        print_as_text(print, scene->crash.ebp);
        break;
    case VERDICT_SMASHED_RETURN:
        print_string(print, "A return address was overwritten: a ret went to ");
        print_hex8(print, scene->crash.eip);
        print_as_text(print, scene->crash.eip);
        break;
    case VERDICT_UNDELIVERABLE:
        print_undeliverable(scene);
        break;
    case VERDICT_NO_HANDLER:
        print_string(print, "The page-fault handler, ");
        print_hex8(print, scene->crash.eip);
        print_string(print, ", is not there: its faults filled ");
        print_stack_name(print, scene->range.name);
        break;
    case VERDICT_NO_DOUBLE_FAULT:
        if (scene->clues.after_int_8) {
            print_culprit(scene);
            print_string(print, " follows an int 8 instruction");
        } else {
            print_string(print, "The gate was entered without an error code, as by IRQ 0 at vector 8");
        }
        break;
    case VERDICT_GUARD_PAGE:
        print_culprit(scene);
        print_string(print, " accessed the guard page of ");
        print_stack_name(print, scene->clues.guard_of ? print_c_string(scene->clues.guard_of->name) : scene->range.name);
        break;
    case VERDICT_ON_DEMAND:
        print_reason(scene);
        break;
    case VERDICT_TRAMPLED:
    case VERDICT_NEAR_END:
        print_trampled(scene);
        break;
    case VERDICT_UNKNOWN:
        if (!scene->crash.registers_known) {
            print_string(print, "The faulting task's TSS cannot be read");
            break;
        }
        print_culprit(scene);
        print_string(print, " ran when it happened");
        break;
    }
    end_sentence(print);
}
