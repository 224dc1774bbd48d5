/* The tasks that were left for the one that crashed: what each was doing, and who had called that. */
#include "parts.h"
#include "stack_lookup.h"

#define NAME_ROOM 40
#define ROWS_SHOWN 16

/* "task 0028 was left for task 0038 at kernel!poll+0x1a" */
static void print_left(struct scene *scene, const struct outer_task *task, uint16_t entered)
{
    struct print *print = &scene->print;

    print_string(print, "task ");
    print_hex4(print, task->tr);
    print_string(print, " was left for task ");
    print_hex4(print, entered);
    print_string(print, " at ");
    print_place(scene, code_find(&scene->code, task->eip), task->eip, NAME_ROOM);
    print_line_end(print);
}

static uint16_t entered_from(const struct crash *crash, uint32_t number)
{
    return number ? crash->outer[number - 1].tr : crash->tr;
}

static uint32_t outer_count(const struct crash *crash)
{
    return crash->outer_count < OUTER_TASKS ? crash->outer_count : OUTER_TASKS;
}

void print_outer_tasks(struct scene *scene)
{
    for (uint32_t i = 0; i < outer_count(&scene->crash); i++) {
        print_evidence_line(&scene->print);
        print_left(scene, &scene->crash.outer[i], entered_from(&scene->crash, i));
    }
}

static void print_values(struct print *print, const struct outer_task *task)
{
    print_register(print, "  eax", task->eax);
    print_register(print, " ecx", task->ecx);
    print_register(print, " edx", task->edx);
    print_register(print, " ebx", task->ebx);
    print_register(print, " esi", task->esi);
    print_register(print, " edi", task->edi);
    print_line_end(print);
    print_register(print, "  eip", task->eip);
    print_register(print, " esp", task->esp);
    print_register(print, " ebp", task->ebp);
    print_register(print, " efl", task->eflags);
    print_selector(print, " cs", task->cs);
    print_selector(print, " ss", task->ss);
    print_line_end(print);
}

/* As far as each is verified. */
static void print_callers(struct scene *scene, const struct outer_task *task, const struct ksg_stack *stack)
{
    static struct walk walk; /* the handler's stack is small */
    static struct walk_start start;
    static struct row row;
    struct print *print = &scene->print;
    bool first = true, after_stub = false, verified = true;

    start.view.memory = &scene->machine->memory;
    start.view.code = &scene->code;
    start.view.limit = stack->limit;
    start.view.base = stack->base;
    start.view.kernel_cs = task->cs;
    start.esp = task->esp;
    start.ebp = task->ebp;
    start.eip = task->eip;
    start.eip_known = true;
    start.cut = ROWS_SHOWN + 1;
    walk_begin(&walk, &start);
    while (verified && walk_next(&walk, &row) && row.kind == ROW_FRAME) {
        verified = row.trust != TRUST_GUESS && row.trust != TRUST_RECOVERED;
        if (!first) {
            print_string(print, after_stub ? "  in a trap of " : "  called by ");
            print_place(scene, row.function, row.pc, NAME_ROOM);
            print_line_end(print);
        }
        first = false;
        after_stub = row.stub;
    }
}

void part_tasks(struct scene *scene)
{
    const struct crash *crash = &scene->crash;

    for (uint32_t i = 0; i < outer_count(crash); i++) {
        const struct outer_task *task = &crash->outer[i];
        const struct ksg_stack *stack = stack_at(task->esp);

        print_left(scene, task, entered_from(crash, i));
        print_values(&scene->print, task);
        if (stack && (task->cs & 3) == 0)
            print_callers(scene, task, stack);
        print_line_end(&scene->print);
    }
}
