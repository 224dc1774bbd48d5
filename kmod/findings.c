/* What the headline rests on, found out part by part before anything is printed. */
#include "instruction.h"
#include "parts.h"

void part_lists(struct scene *scene)
{
    registry_check(scene->machine, &scene->registered);
}

void part_symbols(struct scene *scene)
{
    place_begin(scene);
    code_open(&scene->code, &ksg_symbol_table, registry_modules());
    code_fit(&scene->code, &scene->machine->memory, scene->machine->symbols_fit, scene->machine->symbols_offset);
}

void part_stack(struct scene *scene)
{
    stack_find(scene->machine, &scene->code, &scene->crash, &scene->range);
    clues_of_registers(scene->machine, &scene->code, &scene->crash, &scene->range, &scene->clues);
}

/* In the order of instructions' numbers. */
static void take_registers(uint32_t registers[8], const struct crash *crash)
{
    registers[REGISTER_EAX] = crash->eax;
    registers[REGISTER_ECX] = crash->ecx;
    registers[REGISTER_EDX] = crash->edx;
    registers[REGISTER_EBX] = crash->ebx;
    registers[REGISTER_ESP] = crash->esp;
    registers[REGISTER_EBP] = crash->ebp;
    registers[REGISTER_ESI] = crash->esi;
    registers[REGISTER_EDI] = crash->edi;
}

/* Where the walk starts: an ESP below the limit still has its frames above it. Without an ESP only the frame at EBP is known,
   which may be the running function's or not. */
static void start_walk(struct scene *scene)
{
    const struct stack_range *range = &scene->range;
    struct walk_start *start = &scene->start;

    start->view.memory = &scene->machine->memory;
    start->view.code = &scene->code;
    start->view.limit = range->from < range->limit ? range->from : range->limit;
    start->view.base = range->base;
    start->view.kernel_cs = crash_in_user_mode(&scene->crash) ? 0 : scene->crash.cs;
    start->esp = range->from;
    start->below_zero = range->below_zero ? range->from - range->pointer : 0;
    start->ebp = scene->crash.ebp;
    take_registers(scene->registers, &scene->crash);
    start->registers = scene->registers;
    start->eip = scene->crash.eip;
    start->eip_known = !scene->crash.eip_unknown && !scene->clues.came_by_return &&
                       (range->from == range->pointer || range->below_zero || scene->clues.frame_by_ebp);
    start->stacks = registry_stacks();
    start->esp0 = scene->crash.esp0;
    start->verified_only = false;
}

void part_walk(struct scene *scene)
{
    const struct stack_range *range = &scene->range;
    bool frames = range->source != STACK_NOT_FOUND && range->from < range->base && !crash_in_user_mode(&scene->crash);

    if (!frames)
        return;
    start_walk(scene);
    usage_find(&scene->start, &scene->totals, &scene->modules, &scene->functions);
    fold_summarize(&scene->start, &scene->folded);
    biggest_find(&scene->start, &scene->biggest);
    clues_of_rows(&scene->start, &scene->range, &scene->folded, &scene->biggest, &scene->functions, &scene->clues);
    scene->stack_crc = losses_stack_crc(scene);
    scene->walked = true;
}

void part_verdict(struct scene *scene)
{
    verdict_find(&scene->crash, &scene->range, &scene->clues, &scene->verdict);
    if (scene->verdict.kind == VERDICT_NO_STACK && (scene->registered.stacks || scene->registered.stacks_cut))
        scene->verdict.certainty = CERTAINTY_LIKELY; /* it may be on one that was left out */
}
