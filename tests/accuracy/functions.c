/* The C half of a program: functions that call each other at random, deeper more often than they return. */
#include "plan.h"

/* How functions of one signature are written. */
struct form {
    const char *word;   /* in their names, and of their type: WORD_function */
    const char *before; /* the name in the definition */
    const char *parameters;
    const char *sum;       /* of the parameters */
    const char *call;      /* before the name in a call, which has a value */
    const char *arguments; /* and behind it: made of the variables a and b */
    const char *result;    /* a statement */
    bool tail;             /* can its result be another's of the same signature? */
};

static const struct form forms[SIGNATURES] = {
    [PLAIN] = {"plain", "uint32_t KSG_CALL ", "(uint32_t x)", "x", "", "(a + 1)", "return a + b;", true},
    [THREE] = {"three", "uint32_t ", "(uint32_t x, uint32_t y, uint32_t z)", "x + y * 3 + z", "", "(a, b, a ^ 5)",
               "return a ^ b;", true},
    [REGISTER] = {"register", "__attribute__((regparm(3))) uint32_t ", "(uint32_t x, uint32_t y, uint32_t z)",
                  "x * y ^ z", "", "(b, 3, a)", "return a * b;", true},
    [STDCALL] = {"stdcall", "__attribute__((stdcall)) uint32_t ", "(uint32_t x, uint32_t y)", "x - y", "", "(a, b + 9)",
                 "return a | b;", true},
    [FASTCALL] = {"fastcall", "__attribute__((fastcall)) uint32_t ", "(uint32_t x, uint32_t y, uint32_t z)",
                  "(x & y) + z", "", "(a + b, a, b)", "return a & b;", true},
    [BLOCK] = {"block", "struct block ", "(uint32_t x)", "x * 5", "", "(b).words[3]",
               "struct block result = {{a, b, a, b}};\n    return result;", false},
    [VALUE] = {"value", "uint64_t ", "(struct block x, uint64_t y)", "x.words[2] + (uint32_t)(y >> 3)", "(uint32_t)",
               "((struct block){{a, b, 1}}, a)", "return (uint64_t)a << 17 | b;", false},
    [SILENT] = {"silent", "void ", "(void)", "draw()", "(", "(), b)", "fresh_page += a & b & 0;", true},
    [VARIADIC] = {"variadic", "uint32_t ", "(uint32_t x, ...)", "x", "", "(2, a, b, 7)", "return b - a;", false},
};

#define ROOM_LARGEST 600 /* words */

/* --- calls --- */

static enum signature signature_used(struct plan *plan)
{
    enum signature signature;

    do
        signature = random_below(&plan->random, SIGNATURES);
    while (plan->functions[signature] == 0);
    return signature;
}

static void write_direct(struct plan *plan, enum signature signature)
{
    const struct form *form = &forms[signature];

    fprintf(plan->c, "%sp%u_%s%u%s", form->call, plan->number, form->word,
            random_below(&plan->random, plan->functions[signature]), form->arguments);
}

static void write_indirect(struct plan *plan, enum signature signature)
{
    const struct form *form = &forms[signature];

    fprintf(plan->c, "%sp%u_%ss[draw() %% (sizeof p%u_%ss / 4)]%s", form->call, plan->number, form->word, plan->number,
            form->word, form->arguments);
}

/* A PLAIN function, as an expression: its name, or an entry of the table. */
static void write_plain_address(struct plan *plan)
{
    if (random_chance(&plan->random, 50))
        fprintf(plan->c, "p%u_plain%u", plan->number, random_below(&plan->random, plan->functions[PLAIN]));
    else
        fprintf(plan->c, "p%u_plains[b %% (sizeof p%u_plains / 4)]", plan->number, plan->number);
}

static void write_routine(struct plan *plan)
{
    bool stdcall = plan->stdcall_routines > 0 && random_chance(&plan->random, 30);

    fprintf(plan->c, "p%u_%s%u(", plan->number, stdcall ? "stdcall_routine" : "routine",
            random_below(&plan->random, stdcall ? plan->stdcall_routines : plan->routines));
    write_plain_address(plan);
    fprintf(plan->c, ", a)");
}

static void write_assembly_plain(struct plan *plan)
{
    bool thunk = random_chance(&plan->random, 60);

    fprintf(plan->c, "p%u_%s%u(b)", plan->number, thunk ? "thunk" : "leaf",
            random_below(&plan->random, thunk ? plan->thunks : plan->leaves));
}

/* An expression that calls something. */
static void write_call(struct plan *plan)
{
    unsigned which = random_below(&plan->random, 100);

    if (which < 45)
        write_direct(plan, signature_used(plan));
    else if (which < 65)
        write_indirect(plan, signature_used(plan));
    else if (which < 88)
        write_routine(plan);
    else
        write_assembly_plain(plan);
}

/* --- statements --- */

static void write_conditional(struct plan *plan)
{
    fprintf(plan->c, "    if (draw() %% %u)\n        a += ", random_between(&plan->random, 2, 5));
    write_call(plan);
    fprintf(plan->c, ";\n");
}

static void write_plain_statement(struct plan *plan)
{
    fprintf(plan->c, "    b ^= ");
    write_call(plan);
    fprintf(plan->c, ";\n");
}

static void write_loop(struct plan *plan)
{
    fprintf(plan->c, "    for (uint32_t i = draw() %% 3; i > 0; i--)\n        a += i + ");
    write_call(plan);
    fprintf(plan->c, ";\n");
}

static void write_alloca(struct plan *plan)
{
    fprintf(plan->c,
            "    {\n"
            "        volatile uint8_t *more = (volatile uint8_t *)__builtin_alloca(%u + draw() %% %u);\n\n"
            "        *more = (uint8_t)a;\n"
            "        b += ",
            random_between(&plan->random, 1, 40), random_between(&plan->random, 1, 250));
    write_call(plan);
    fprintf(plan->c, ";\n        a ^= *more;\n    }\n");
}

static void write_variable_array(struct plan *plan)
{
    fprintf(plan->c,
            "    {\n"
            "        uint32_t count = 1 + draw() %% %u;\n"
            "        volatile uint32_t list[count];\n\n"
            "        list[count / 2] = a;\n"
            "        b -= ",
            random_between(&plan->random, 1, 40));
    write_call(plan);
    fprintf(plan->c, ";\n        a += list[count / 2];\n    }\n");
}

static void write_interrupt(struct plan *plan)
{
    fprintf(plan->c, "    __asm__ volatile(\"int $%u\" : : : \"memory\");\n",
            SOFTWARE_FIRST + random_below(&plan->random, SOFTWARE_COUNT));
}

static void write_touch(struct plan *plan)
{
    fprintf(plan->c, "    touch();\n");
}

static void write_switch(struct plan *plan)
{
    unsigned cases = random_between(&plan->random, 4, 8);

    fprintf(plan->c, "    switch (draw() %% %u) {\n", cases + 1);
    for (unsigned i = 0; i < cases; i++) {
        fprintf(plan->c, "    case %u:\n        a %s= ", i, i % 2 ? "+" : "^");
        if (i % 3 == 0)
            write_call(plan);
        else
            fprintf(plan->c, "b * %u", random_below(&plan->random, 1000));
        fprintf(plan->c, ";\n        break;\n");
    }
    fprintf(plan->c, "    }\n");
}

static void write_arithmetic(struct plan *plan)
{
    fprintf(plan->c, "    for (uint32_t i = 0; i < %u; i++)\n        b = b * 33 ^ (a >> i %% 7);\n",
            random_between(&plan->random, 2, 30));
}

static void write_never_back(struct plan *plan)
{
    fprintf(plan->c, "    if (draw() %% %u == 0)\n        p%u_endless%u(a);\n", random_between(&plan->random, 4, 12),
            plan->number, random_below(&plan->random, plan->endless));
}

static void write_statement(struct plan *plan)
{
    static const struct {
        void (*write)(struct plan *plan);
        unsigned weight;
    } kinds[] = {
        {write_conditional, 30},   {write_plain_statement, 12}, {write_loop, 10}, {write_alloca, 6},
        {write_variable_array, 6}, {write_interrupt, 6},        {write_touch, 6}, {write_switch, 6},
        {write_arithmetic, 10},    {write_never_back, 5},
    };
    unsigned total = 0;
    unsigned draw, kind = 0;

    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        total += kinds[i].weight;
    for (draw = random_below(&plan->random, total); draw >= kinds[kind].weight; kind++)
        draw -= kinds[kind].weight;
    kinds[kind].write(plan);
}

/* --- functions --- */

/* Words of an array that takes up room in the frame; often none. */
static unsigned room_wanted(struct plan *plan)
{
    unsigned which = random_below(&plan->random, 100);

    if (which < 50)
        return 0;
    if (which < 80)
        return random_between(&plan->random, 1, 16);
    return random_between(&plan->random, 16, which < 96 ? 100 : ROOM_LARGEST);
}

static void write_attributes(struct plan *plan)
{
    if (random_chance(&plan->random, 70))
        fprintf(plan->c, "__attribute__((noinline)) ");
    if (random_chance(&plan->random, 6))
        fprintf(plan->c, "__attribute__((cold)) ");
}

static void write_body(struct plan *plan, const struct form *form, bool endless)
{
    unsigned room = room_wanted(plan);
    unsigned alignment = random_chance(&plan->random, 12) ? 16u << random_below(&plan->random, 3) : 0;
    unsigned statements = random_between(&plan->random, 2, 4);

    fprintf(plan->c, "    uint32_t a = %s, b = draw();\n", form->sum);
    if (room)
        fprintf(plan->c, "    volatile uint32_t room[%u];\n", room);
    if (alignment)
        fprintf(plan->c, "    _Alignas(%u) volatile uint32_t line[8];\n", alignment);
    if (endless)
        fprintf(plan->c, "    for (;;) {\n");
    else if (form->tail && random_chance(&plan->random, 30))
        fprintf(plan->c, "    if (a %% %u == 0) {\n        %s\n        return%s;\n    }\n",
                random_between(&plan->random, 5, 20), form == &forms[SILENT] ? "(void)b;" : "b++;",
                form == &forms[SILENT] ? "" : " b");
    if (room)
        fprintf(plan->c, "    room[b %% %u] = a;\n", room);
    if (alignment)
        fprintf(plan->c, "    line[a %% 8] = b;\n");

    write_conditional(plan);
    for (unsigned i = 0; i < statements; i++)
        write_statement(plan);
    if (room)
        fprintf(plan->c, "    a += room[a %% %u];\n", room);
    if (alignment)
        fprintf(plan->c, "    b += line[b %% 8];\n");
    if (endless)
        fprintf(plan->c, "    }\n");
}

static void write_end(struct plan *plan, enum signature signature)
{
    const struct form *form = &forms[signature];
    bool tail = form->tail && random_chance(&plan->random, 25);

    if (random_chance(&plan->random, 8)) {
        fprintf(plan->c, "    p%u_endless%u(a ^ b);\n", plan->number, random_below(&plan->random, plan->endless));
    } else if (tail && signature == SILENT) {
        fprintf(plan->c, "    p%u_silent%u();\n", plan->number, random_below(&plan->random, plan->functions[SILENT]));
    } else if (tail) {
        fprintf(plan->c, "    return ");
        write_direct(plan, signature);
        fprintf(plan->c, ";\n");
    } else {
        fprintf(plan->c, "    %s\n", form->result);
    }
}

/* The PLAIN ones are known to the assembly half. */
static void write_function(struct plan *plan, enum signature signature, unsigned index)
{
    const struct form *form = &forms[signature];

    fprintf(plan->c, "\n%s", signature == PLAIN ? "" : "static ");
    write_attributes(plan);
    fprintf(plan->c, "%sp%u_%s%u%s\n{\n", form->before, plan->number, form->word, index, form->parameters);
    write_body(plan, form, false);
    write_end(plan, signature);
    fprintf(plan->c, "}\n");
}

static void write_endless(struct plan *plan, unsigned index)
{
    fprintf(plan->c, "\nstatic __attribute__((noinline)) _Noreturn void p%u_endless%u(uint32_t x)\n{\n", plan->number,
            index);
    write_body(plan, &forms[PLAIN], true);
    fprintf(plan->c, "}\n");
}

/* --- what comes first --- */

static void declare(struct plan *plan, const char *before, const char *word, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        fprintf(plan->c, "%s p%u_%s%u;\n", before, plan->number, word, i);
}

static void write_declarations(struct plan *plan)
{
    for (enum signature signature = 0; signature < SIGNATURES; signature++) {
        char type[64];

        snprintf(type, sizeof type, "%s%s_function", signature == PLAIN ? "extern " : "static ", forms[signature].word);
        declare(plan, type, forms[signature].word, plan->functions[signature]);
    }
    declare(plan, "extern plain_function", "leaf", plan->leaves);
    declare(plan, "extern plain_function", "thunk", plan->thunks);
    declare(plan, "extern assembly_function", "routine", plan->routines);
    declare(plan, "extern assembly_stdcall_function", "stdcall_routine", plan->stdcall_routines);
    for (unsigned i = 0; i < plan->endless; i++)
        fprintf(plan->c, "static _Noreturn void p%u_endless%u(uint32_t x);\n", plan->number, i);
    for (unsigned i = 0; i < plan->gate_count; i++)
        fprintf(plan->c, "extern silent_function trap_p%u_%u;\n", plan->number, plan->gates[i]);
}

static void write_entries(struct plan *plan, const char *word, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        fprintf(plan->c, "%sp%u_%s%u", i ? ", " : "", plan->number, word, i);
}

static void write_tables(struct plan *plan)
{
    for (enum signature signature = 0; signature < SIGNATURES; signature++) {
        const char *word = forms[signature].word;

        if (plan->functions[signature] == 0)
            continue;
        fprintf(plan->c, "static %s_function *const p%u_%ss[] = {", word, plan->number, word);
        write_entries(plan, word, plan->functions[signature]);
        if (signature == PLAIN) {
            fprintf(plan->c, ", ");
            write_entries(plan, "thunk", plan->thunks);
        }
        fprintf(plan->c, "};\n");
    }
}

/* Where the program begins, and what interrupt handlers call. */
static void write_entry_points(struct plan *plan)
{
    fprintf(plan->c,
            "\nstatic void p%u_start(void)\n{\n"
            "    uint32_t a = 1, b = draw();\n\n"
            "    for (;;)\n        b += ",
            plan->number);
    write_direct(plan, PLAIN);
    fprintf(plan->c,
            ";\n}\n"
            "\nstatic uint32_t KSG_CALL p%u_interrupted(uint32_t x)\n{\n"
            "    uint32_t a = x, b = draw();\n\n",
            plan->number);
    write_conditional(plan);
    write_conditional(plan);
    fprintf(plan->c, "    return a ^ b;\n}\n");
}

void functions_write(struct plan *plan)
{
    write_declarations(plan);
    write_tables(plan);
    for (unsigned i = 0; i < plan->endless; i++)
        write_endless(plan, i);
    for (enum signature signature = 0; signature < SIGNATURES; signature++)
        for (unsigned i = 0; i < plan->functions[signature]; i++)
            write_function(plan, signature, i);
    write_entry_points(plan);
}
