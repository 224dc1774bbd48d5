/* What the report has lost, or could not rely on: each named on a line of its own. */
#include "parts.h"

#define CRC_LONGEST 0x100000u /* bytes of a stack; what lies above is not looked at again */

static void begin(struct scene *scene, const char *what)
{
    if (scene->print.column)
        print_line_end(&scene->print);
    print_string(&scene->print, "**** lost: ");
    print_string(&scene->print, what);
}

void print_lost(struct scene *scene, const char *what)
{
    begin(scene, what);
    print_line_end(&scene->print);
}

void print_lost_part(struct scene *scene, const char *part, const struct fault *fault)
{
    struct print *print = &scene->print;

    begin(scene, part);
    print_string(print, ": ");
    print_string(print, verdict_vector_name(fault->vector));
    print_string(print, " in the handler at eip ");
    print_hex8(print, fault->eip);
    if (fault->vector == VECTOR_PF) {
        print_string(print, ", cr2 ");
        print_hex8(print, fault->address);
    }
    print_line_end(print);
}

void print_lost_facts(struct scene *scene, const char *part)
{
    begin(scene, part);
    print_string(&scene->print, ": what it rests on was overwritten meanwhile");
    print_line_end(&scene->print);
}

/* Entries of a list that were left out. */
static void print_left_out(struct scene *scene, const char *list, uint32_t damaged, bool cut)
{
    struct print *print = &scene->print;

    if (damaged == 0 && !cut)
        return;
    begin(scene, list);
    print_decimal(print, damaged);
    print_string(print, cut ? " damaged, and all behind" : " damaged");
    print_line_end(print);
}

static void print_registered(struct scene *scene, const struct registry_losses *losses)
{
    print_left_out(scene, "registered stacks: ", losses->stacks, losses->stacks_cut);
    print_left_out(scene, "registered modules: ", losses->modules, losses->modules_cut);
    print_left_out(scene, "symbols of registered modules: ", losses->symbols, false);
}

void part_losses(struct scene *scene)
{
    uint32_t lines = print_tally(&scene->print).lines;

    for (uint32_t i = 0; i < scene->early_count && i < EARLY_LOSSES; i++)
        print_lost_part(scene, scene->early[i].part, &scene->early[i].fault);
    if (!scene->crash.registers_known)
        print_lost(scene, "registers: the faulting task's TSS cannot be read");
    if (scene->machine->config_damaged)
        print_lost(scene, "configuration: damaged; COM1, 115200 baud, no hooks");
    print_registered(scene, &scene->registered);
    if (scene->code.table_damaged)
        print_lost(scene, "symbols: the table is damaged");
    if (scene->code.fit == FIT_NOT)
        print_lost(scene, "symbols: the table was made from another build than this kernel");
    if (scene->code.withheld)
        print_lost(scene, "symbols: some, whose code is not as it was linked");
    if (print_tally(&scene->print).lines > lines)
        print_line_end(&scene->print);
}

/* The lowest word of the handler's stack, which is painted, is its canary: no part of it should ever get there. */
static bool canary_lost(struct machine *machine)
{
    uint32_t size, used = machine->stack_used(machine, &size);

    return used >= size;
}

uint32_t losses_stack_crc(const struct scene *scene)
{
    const struct walk_start *start = &scene->start;

    uint32_t limit = start->view.limit;
    uint32_t size = start->view.base - limit;

    return memory_crc(start->view.memory, limit, limit + (size < CRC_LONGEST ? size : CRC_LONGEST));
}

void part_changes(struct scene *scene)
{
    struct registry_losses now;
    uint32_t lines = print_tally(&scene->print).lines;

    registry_check(scene->machine, &now);
    print_registered(scene, &now);
    if (canary_lost(scene->machine))
        print_lost(scene, "handler's stack: used to its end, or its lowest word overwritten");
    if (!scene->code.table_damaged && !code_table_whole(&scene->code))
        print_lost(scene, "symbols: the table has changed meanwhile");
    if (scene->walked && losses_stack_crc(scene) != scene->stack_crc)
        print_lost(scene, "stack: it has changed meanwhile");
    if (print_tally(&scene->print).lines > lines)
        print_line_end(&scene->print);
}
