/* The evidence of an exception that could not be delivered: what raised it, and which of the IDT's entries cannot be used. */
#include "parts.h"
#include "raised.h"

#define GATES_SHOWN 4

void print_raised(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct raised *raised = &scene->clues.raised;

    if (raised->by == RAISED_UNKNOWN)
        return;
    print_evidence_line(print);
    switch (raised->by) {
    case RAISED_BY_FETCH:
        print_string(print, "there is no memory at eip: #PF");
        break;
    case RAISED_BY_ACCESS:
        print_string(print, "its instruction accesses cr2, which is not present: #PF");
        break;
    case RAISED_BY_INT:
        print_string(print, "its instruction is int ");
        print_hex(print, raised->vector);
        break;
    case RAISED_BY_UNDEFINED:
        print_string(print, "its instruction is ud2: #UD");
        break;
    default:
        print_string(print, "its instruction divides by zero, or by too little: #DE");
    }
    print_line_end(print);
}

void print_gate(struct scene *scene, uint32_t vector)
{
    struct print *print = &scene->print;

    print_evidence_line(print);
    print_string(print, "IDT entry ");
    print_decimal(print, vector);
    print_string(print, " (");
    print_string(print, verdict_vector_name(vector));
    print_string(print, ") ");
    print_string(print, verdict_gate_text(scene->crash.gates[vector]));
    print_line_end(print);
}

/* The entry that was wanted, then others that cannot be used, as far as they matter. */
static void print_gates(struct scene *scene)
{
    const struct crash *crash = &scene->crash;
    const struct verdict *verdict = &scene->verdict;
    uint32_t shown = 0;

    if (verdict->vector < VECTOR_COUNT && crash->gates[verdict->vector] != GATE_GOOD) {
        print_gate(scene, verdict->vector);
        shown++;
    }
    if (verdict->vector_known && raised_doubles(verdict->vector))
        return;
    for (uint32_t vector = 0; vector <= VECTOR_MF && shown < GATES_SHOWN; vector++) {
        bool matters = raised_doubles(vector) && vector != verdict->vector && crash->gates[vector] != GATE_GOOD;

        if (!matters)
            continue;
        print_gate(scene, vector);
        shown++;
    }
}

void print_undelivered(struct scene *scene)
{
    struct print *print = &scene->print;

    print_raised(scene);
    if (crash_in_user_mode(&scene->crash) && scene->crash.ss0_bad) {
        print_evidence_line(print);
        print_string(print, "the TSS's ss0 ");
        print_hex4(print, scene->crash.ss0);
        print_string(print, " is no stack segment of ring 0: #TS");
        print_line_end(print);
    }
    print_gates(scene);
}
