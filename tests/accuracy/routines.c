/* Assembly that C calls: thunks, leaves, and routines that call back, with and without an EBP frame. */
#include "writer.h"

/* What a routine does with EBP. */
enum style {
    STYLE_FRAMELESS, /* leaves it alone */
    STYLE_GENERAL,   /* keeps it, and uses it as a register like any other */
    STYLE_FRAMED,    /* push ebp; mov ebp, esp */
    STYLE_ENTER,
    STYLES
};

#define NAME_LONGEST 40
#define KEPT_MOST 4
#define LOCALS_LARGEST 40 /* words */

struct routine {
    struct writer writer;
    struct random *random;
    enum style style;
    const char *kept[KEPT_MOST]; /* in the order in which they are pushed */
    unsigned kept_count;
    bool ebp_stored; /* by mov, not by push */
    bool loops;      /* ebx counts */
    unsigned locals; /* bytes */
};

static unsigned pick(struct routine *routine, unsigned from, unsigned to)
{
    return random_between(routine->random, from, to);
}

static bool chance(struct routine *routine, unsigned percent)
{
    return random_chance(routine->random, percent);
}

/* Instructions that time passes with. */
static void write_filler(struct routine *routine)
{
    static const char *const scratch[] = {"%eax", "%ecx", "%edx"};
    unsigned lines = pick(routine, 0, 3);

    for (unsigned i = 0; i < lines; i++) {
        const char *one = scratch[pick(routine, 0, 2)];
        const char *other = scratch[pick(routine, 0, 2)];

        switch (pick(routine, 0, 3)) {
        case 0:
            writer_line(&routine->writer, "imull $%u, %s, %s", pick(routine, 3, 5000), one, other);
            break;
        case 1:
            writer_line(&routine->writer, "leal %u(%s,%s,4), %s", pick(routine, 0, 200), one, other, other);
            break;
        case 2:
            writer_line(&routine->writer, "xorl %s, %s", one, other);
            break;
        default:
            if (routine->style == STYLE_GENERAL)
                writer_line(&routine->writer, "addl %s, %s", one, "%ebp");
            else
                writer_line(&routine->writer, "shrl $%u, %s", pick(routine, 1, 9), one);
        }
    }
}

/* --- prologue and epilogue --- */

static void choose_kept(struct routine *routine)
{
    static const char *const registers[] = {"%ebx", "%esi", "%edi", "%ebp"};
    bool keeps_ebp = routine->style == STYLE_GENERAL && !routine->ebp_stored;

    routine->kept_count = 0;
    for (unsigned i = 0; i < KEPT_MOST; i++) {
        bool wanted = i == 0 ? routine->loops || chance(routine, 30) : i == 3 ? keeps_ebp : chance(routine, 40);
        unsigned place;

        if (!wanted)
            continue;
        place = pick(routine, 0, routine->kept_count);
        routine->kept[routine->kept_count++] = routine->kept[place];
        routine->kept[place] = registers[i];
    }
}

static void write_locals(struct routine *routine, int bytes)
{
    if (bytes == 0)
        return;
    switch (pick(routine, 0, 2)) {
    case 0:
        writer_move(&routine->writer, bytes, "subl $%d, %%esp", bytes);
        break;
    case 1:
        writer_move(&routine->writer, bytes, "addl $%d, %%esp", -bytes);
        break;
    default:
        writer_move(&routine->writer, bytes, "leal %d(%%esp), %%esp", -bytes);
    }
}

static void write_prologue(struct routine *routine)
{
    struct writer *writer = &routine->writer;

    if (routine->style == STYLE_FRAMED) {
        writer_push(writer, "%ebp", true);
        writer_frame(writer);
    } else if (routine->style == STYLE_ENTER) {
        writer_line(writer, "enter $%u, $0", routine->locals);
        fprintf(writer->file, "    .cfi_def_cfa %%ebp, 8\n    .cfi_offset %%ebp, -8\n");
        writer->frame = 8;
        writer->depth = 8 + routine->locals;
    }
    for (unsigned i = 0; i < routine->kept_count; i++)
        writer_push(writer, routine->kept[i], true);
    if (routine->style != STYLE_ENTER)
        write_locals(routine, (int)routine->locals);
    if (routine->ebp_stored) {
        writer_line(writer, "movl %%ebp, %u(%%esp)", routine->locals - 4);
        writer_stored(writer, "%ebp", routine->locals - 4);
    }
}

static void write_return(struct routine *routine, unsigned arguments)
{
    if (arguments)
        writer_line(&routine->writer, "ret $%u", arguments);
    else
        writer_line(&routine->writer, "ret");
}

static void write_epilogue(struct routine *routine, unsigned arguments)
{
    struct writer *writer = &routine->writer;

    if (routine->ebp_stored) {
        writer_line(writer, "movl %u(%%esp), %%ebp", routine->locals - 4);
        fprintf(writer->file, "    .cfi_restore %%ebp\n");
    }
    if (routine->style != STYLE_ENTER)
        write_locals(routine, -(int)routine->locals);
    for (unsigned i = routine->kept_count; i > 0; i--)
        writer_pop(writer, routine->kept[i - 1], true);
    if (routine->style == STYLE_FRAMED || routine->style == STYLE_ENTER)
        writer_leave(writer);
    write_return(routine, arguments);
}

/* --- what stands between them --- */

/* The word at so many bytes above the return address. */
static void write_load(struct routine *routine, unsigned above, const char *to)
{
    if (routine->writer.frame && chance(routine, 70))
        writer_line(&routine->writer, "movl %u(%%ebp), %s", 4 + above, to);
    else
        writer_line(&routine->writer, "movl %u(%%esp), %s", routine->writer.depth - 4 + above, to);
}

/* Into EBP goes what is no frame: a number, an address on the stack, one of code, ESP itself. */
static void write_ebp(struct routine *routine)
{
    struct writer *writer = &routine->writer;

    switch (pick(routine, 0, 5)) {
    case 0:
        writer_line(writer, "movl $%u, %%ebp", pick(routine, 0, 10000));
        break;
    case 1:
        writer_line(writer, "leal %u(%%esp), %%ebp", 4 * pick(routine, 0, 60));
        break;
    case 2:
        writer_line(writer, "movl %%eax, %%ebp");
        break;
    case 3:
        writer_line(writer, "movl $.text, %%ebp");
        break;
    case 4:
        writer_line(writer, "movl %%esp, %%ebp");
        break;
    default:
        writer_line(writer, "xorl %%ebp, %%ebp");
    }
}

static void write_callback(struct routine *routine, const struct plan *plan)
{
    struct writer *writer = &routine->writer;
    bool locals_lowest = routine->locals >= 4 && (routine->style != STYLE_ENTER || routine->kept_count == 0);
    bool pushes = !locals_lowest || routine->ebp_stored || chance(routine, 50);
    unsigned callback = 4;

    write_load(routine, 8, "%eax");
    write_filler(routine);
    if (routine->loops)
        writer_line(writer, "addl %%ebx, %%eax");
    if (pushes)
        writer_push(writer, "%eax", false);
    else
        writer_line(writer, "movl %%eax, (%%esp)");
    switch (pick(routine, 0, 2)) {
    case 0:
        writer_line(writer, "call *%u(%%esp)", writer->depth - 4 + callback);
        break;
    case 1:
        write_load(routine, callback, "%edx");
        writer_line(writer, "call *%%edx");
        break;
    default:
        writer_line(writer, "call p%u_plain%u", plan->number, random_below(routine->random, plan->functions[PLAIN]));
    }
    if (pushes && chance(routine, 60))
        writer_move(writer, -4, "addl $4, %%esp");
    else if (pushes)
        writer_pop(writer, "%ecx", false);
}

static void write_routine(struct plan *plan, unsigned index, bool stdcall)
{
    struct routine routine = {.random = &plan->random};
    struct writer *writer = &routine.writer;
    unsigned arguments = stdcall ? 8 : 0;
    bool described = chance(&routine, 60);
    bool early_out = chance(&routine, 25);
    char name[NAME_LONGEST];

    routine.style = random_below(&plan->random, STYLES);
    routine.loops = chance(&routine, 30);
    routine.locals = chance(&routine, 60) ? 4 * random_below(&plan->random, LOCALS_LARGEST) : 0;
    routine.ebp_stored = routine.style == STYLE_GENERAL && routine.locals > 0 && chance(&routine, 30);
    choose_kept(&routine);
    snprintf(name, sizeof name, "p%u_%s%u", plan->number, stdcall ? "stdcall_routine" : "routine", index);

    writer_begin(writer, plan, name, described);
    if (early_out) {
        writer_line(writer, "testl $%u, 8(%%esp)", 7u << random_below(&plan->random, 20));
        writer_line(writer, "jz 9f");
    }
    fprintf(writer->file, "    .cfi_remember_state\n");
    write_prologue(&routine);
    write_filler(&routine);
    if (routine.loops)
        writer_line(writer, "movl $%u, %%ebx\n1:", pick(&routine, 1, 3));
    if (routine.style == STYLE_GENERAL)
        write_ebp(&routine);
    write_callback(&routine, plan);
    write_filler(&routine);
    if (routine.loops)
        writer_line(writer, "decl %%ebx\n    jnz 1b");
    write_epilogue(&routine, arguments);
    if (early_out) {
        fprintf(writer->file, "    .cfi_restore_state\n9:\n");
        writer_line(writer, "xorl %%eax, %%eax");
        write_return(&routine, arguments);
    }
    writer_end(writer, name, described);
}

/* Calls nothing: a place for interrupts. */
static void write_leaf(struct plan *plan, unsigned index)
{
    struct routine routine = {.random = &plan->random};
    bool described = chance(&routine, 60);
    char name[NAME_LONGEST];

    routine.style = random_below(&plan->random, STYLES);
    routine.locals = chance(&routine, 30) ? 4 * random_below(&plan->random, LOCALS_LARGEST) : 0;
    routine.ebp_stored = routine.style == STYLE_GENERAL && routine.locals > 0 && chance(&routine, 30);
    choose_kept(&routine);
    snprintf(name, sizeof name, "p%u_leaf%u", plan->number, index);

    writer_begin(&routine.writer, plan, name, described);
    write_prologue(&routine);
    write_load(&routine, 4, "%eax");
    write_filler(&routine);
    writer_line(&routine.writer, "movl $%u, %%ecx\n1:", pick(&routine, 1, 40));
    if (routine.style == STYLE_GENERAL)
        write_ebp(&routine);
    writer_line(&routine.writer, "imull $69069, %%eax, %%eax");
    writer_line(&routine.writer, "loop 1b");
    write_epilogue(&routine, 0);
    writer_end(&routine.writer, name, described);
}

/* Jumps on to a C function, which then returns to the thunk's caller. */
static void write_thunk(struct plan *plan, unsigned index)
{
    struct routine routine = {.random = &plan->random};
    bool described = chance(&routine, 60);
    char name[NAME_LONGEST];

    snprintf(name, sizeof name, "p%u_thunk%u", plan->number, index);
    writer_begin(&routine.writer, plan, name, described);
    if (chance(&routine, 50))
        writer_line(&routine.writer, "addl $%u, 4(%%esp)", pick(&routine, 1, 100));
    write_filler(&routine);
    writer_line(&routine.writer, "jmp p%u_plain%u", plan->number, random_below(&plan->random, plan->functions[PLAIN]));
    writer_end(&routine.writer, name, described);
}

void routines_write(struct plan *plan)
{
    for (unsigned i = 0; i < plan->thunks; i++)
        write_thunk(plan, i);
    for (unsigned i = 0; i < plan->leaves; i++)
        write_leaf(plan, i);
    for (unsigned i = 0; i < plan->routines; i++)
        write_routine(plan, i, false);
    for (unsigned i = 0; i < plan->stdcall_routines; i++)
        write_routine(plan, i, true);
}
