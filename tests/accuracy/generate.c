/*
 * generate SEED FIRST COUNT PREFIX: writes the programs numbered FIRST and up of a seed, which is any text, as PREFIX.c
 * and PREFIX.s. The same seed and number give the same program, whatever its neighbours are.
 */
#include <stdlib.h>

#include "plan.h"

#define COUNT_MOST 100

static FILE *create(const char *prefix, const char *suffix)
{
    char name[4096];
    FILE *file;

    snprintf(name, sizeof name, "%s%s", prefix, suffix);
    file = fopen(name, "w");
    if (!file) {
        perror(name);
        exit(1);
    }
    return file;
}

static void close(FILE *file)
{
    if (ferror(file) || fclose(file) != 0) {
        perror("generate");
        exit(1);
    }
}

static struct plan make_plan(const char *seed, unsigned number)
{
    struct plan plan = {.number = number, .random = random_begin(seed, number)};
    struct random *random = &plan.random;
    bool own_stubs = random_chance(random, 70);

    plan.functions[PLAIN] = random_between(random, 2, 5);
    for (enum signature signature = PLAIN + 1; signature < SIGNATURES; signature++)
        plan.functions[signature] = random_chance(random, 60) ? random_between(random, 1, 3) : 0;
    plan.endless = random_between(random, 1, 2);
    plan.leaves = random_between(random, 1, 3);
    plan.thunks = random_between(random, 1, 2);
    plan.routines = random_between(random, 2, 5);
    plan.stdcall_routines = random_between(random, 0, 2);
    for (unsigned vector = SOFTWARE_FIRST; vector < SOFTWARE_FIRST + SOFTWARE_COUNT; vector++)
        if (own_stubs && random_chance(random, 70))
            plan.gates[plan.gate_count++] = vector;
    if (own_stubs && random_chance(random, 60))
        plan.gates[plan.gate_count++] = TIMER;
    if (own_stubs && random_chance(random, 60))
        plan.gates[plan.gate_count++] = PAGE_FAULT;
    return plan;
}

static void write_gates(const struct plan *plan)
{
    if (plan->gate_count == 0)
        return;
    fprintf(plan->c, "\nstatic const struct gate p%u_gates[] = {\n", plan->number);
    for (unsigned i = 0; i < plan->gate_count; i++)
        fprintf(plan->c, "    {%u, trap_p%u_%u},\n", plan->gates[i], plan->number, plan->gates[i]);
    fprintf(plan->c, "};\n");
}

static void write_program(struct plan *plan)
{
    fprintf(plan->c, "\n/* --- program %u --- */\n\n", plan->number);
    functions_write(plan);
    write_gates(plan);
    routines_write(plan);
    stubs_write(plan);
}

/* An entry of programs[]. */
static void write_entry(struct plan *plan)
{
    unsigned timer = random_chance(&plan->random, 80) ? 1u << random_below(&plan->random, 5) : 0;

    fprintf(plan->c, "    {%uu, %u, %u, p%u_start, p%u_interrupted, ", random_word(&plan->random),
            random_between(&plan->random, 1, 5), timer, plan->number, plan->number);
    if (plan->gate_count)
        fprintf(plan->c, "p%u_gates, %u},\n", plan->number, plan->gate_count);
    else
        fprintf(plan->c, "0, 0},\n");
}

int main(int count, char **arguments)
{
    static struct plan plans[COUNT_MOST];
    unsigned first, programs;
    FILE *c, *assembly;

    if (count != 5 || (programs = (unsigned)atoi(arguments[3])) > COUNT_MOST) {
        fprintf(stderr, "usage: generate SEED FIRST COUNT PREFIX\n");
        return 2;
    }
    first = (unsigned)atoi(arguments[2]);
    c = create(arguments[4], ".c");
    assembly = create(arguments[4], ".s");
    fprintf(c, "#include \"program.h\"\n");
    fprintf(assembly, "    .cfi_sections .debug_frame\n    .text\n");
    for (unsigned i = 0; i < programs; i++) {
        plans[i] = make_plan(arguments[1], first + i);
        plans[i].c = c;
        plans[i].assembly = assembly;
        write_program(&plans[i]);
    }
    fprintf(c, "\nconst struct program programs[] = {\n");
    for (unsigned i = 0; i < programs; i++)
        write_entry(&plans[i]);
    fprintf(c, "};\nconst unsigned program_count = %u;\n", programs);
    fprintf(assembly, "\n    .section .note.GNU-stack, \"\"\n");
    close(c);
    close(assembly);
    return 0;
}
