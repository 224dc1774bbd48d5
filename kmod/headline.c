/* The first lines: the verdict, the facts it rests on, the stack, the top users. Who reads no more still has the answer. */
#include "ksg.h"
#include "parts.h"

#define TOP_USERS 3

static const char *title(const struct verdict *verdict)
{
    switch (verdict->kind) {
    case VERDICT_OVERFLOW:
    case VERDICT_ENTRY_OVERFLOW:
    case VERDICT_TRAMPLED:
        return "KERNEL STACK OVERFLOW";
    case VERDICT_ON_DEMAND:
        return "KERNEL STACK REPORT";
    case VERDICT_NO_STACK:
        return "DOUBLE FAULT, ESP ON NO STACK";
    case VERDICT_UNDELIVERABLE:
        return "DOUBLE FAULT, EXCEPTION NOT DELIVERED";
    case VERDICT_NO_DOUBLE_FAULT:
        return "DOUBLE FAULT GATE ENTERED, NO DOUBLE FAULT";
    case VERDICT_UNKNOWN:
        break;
    }
    return "DOUBLE FAULT, CAUSE NOT KNOWN";
}

static void print_name(struct print *print, struct text name)
{
    if (!name.length) {
        print_string(print, "a stack without a name");
        return;
    }
    print_string(print, "stack \"");
    print_text(print, name, 24);
    print_string(print, "\"");
}

static void print_stack_name(struct scene *scene)
{
    print_name(&scene->print, scene->range.name);
}

static void print_culprit(struct scene *scene)
{
    if (scene->crash.eip_unknown) {
        print_string(&scene->print, "Code that is not known");
        return;
    }
    print_place(scene, code_find(&scene->code, scene->crash.eip), scene->crash.eip, 40);
}

/* One line of it. */
static struct text reason_of(const struct scene *scene)
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

    print_culprit(scene);
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

    print_name(print, print_c_string(trampled->name));
    print_string(print, " was used to its end;");
    mark = print->column;
    print_string(print, " ");
    print_culprit(scene);
    print_string(print, " runs on ");
    if (current)
        print_string(print, "it");
    else if (scene->range.source == STACK_NOT_FOUND)
        print_string(print, "no known stack");
    else
        print_stack_name(scene);
    print_wrap(print, mark, 2);
}

/* One sentence: who did what. */
static void print_sentence(struct scene *scene)
{
    struct print *print = &scene->print;

    switch (scene->verdict.kind) {
    case VERDICT_OVERFLOW:
        print_culprit(scene);
        print_string(print, " ran off the end of ");
        print_stack_name(scene);
        break;
    case VERDICT_ENTRY_OVERFLOW:
        print_string(print, "An entry from user mode found no room on ");
        print_stack_name(scene);
        break;
    case VERDICT_NO_STACK:
        print_culprit(scene);
        print_string(print, " ran with an esp that is on no known stack");
        break;
    case VERDICT_UNDELIVERABLE:
        print_culprit(scene);
        print_string(print, " raised an exception that had no usable gate");
        break;
    case VERDICT_NO_DOUBLE_FAULT:
        if (scene->verdict.software) {
            print_culprit(scene);
            print_string(print, " follows an int 8 instruction");
        } else {
            print_string(print, "The gate was entered without an error code, as by IRQ 0 at vector 8");
        }
        break;
    case VERDICT_ON_DEMAND:
        print_reason(scene);
        break;
    case VERDICT_TRAMPLED:
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
    print_string(print, ".");
    print_line_end(print);
}

static void print_certainty(struct scene *scene)
{
    static const char *const words[] = {"  facts:   ", "  likely:  ", "  certain: "};

    print_string(&scene->print, words[scene->verdict.certainty]);
}

/* "esp c0213008 is 8 above the limit" */
static void print_pointer(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;

    print_string(print, crash_in_user_mode(&scene->crash) ? "esp0 " : "esp ");
    print_hex8(print, range->pointer);
    if (range->source == STACK_NOT_FOUND) {
        print_string(print, " is on no known stack");
    } else if (range->pointer == range->limit) {
        print_string(print, " is at the limit");
    } else if (range->pointer > range->base) {
        print_string(print, " is above the base");
    } else {
        bool below = range->pointer < range->limit;

        print_string(print, " is ");
        print_hex(print, below ? range->limit - range->pointer : range->pointer - range->limit);
        print_string(print, below ? " below the limit" : " above the limit");
    }
}

static void print_cr2(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;
    uint32_t cr2 = scene->crash.cr2;
    bool guard = range->source != STACK_NOT_FOUND && cr2 < range->limit && range->limit - cr2 <= 4096;
    bool on_demand = crash_on_demand(&scene->crash);

    if (on_demand && cr2 == 0) /* it was no page fault */
        return;
    print_string(print, ", cr2 ");
    print_hex8(print, cr2);
    if (!scene->verdict.not_present) {
        print_string(print, on_demand ? " is present" : " is no failed push");
    } else if (guard) {
        if (range->pointer == range->limit) /* else the line would be too long */
            print_string(print, " is");
        print_string(print, " in its guard page");
    } else {
        print_string(print, " is not present");
    }
}

/* "the lowest 20 bytes of c0213000 to c0214000 are not as painted" */
static void print_canary(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct ksg_stack *trampled = scene->crash.trampled;

    print_string(print, "           the lowest ");
    print_hex(print, KSG_CANARY_SIZE);
    print_string(print, " bytes of ");
    print_hex8(print, trampled->limit);
    print_string(print, " to ");
    print_hex8(print, trampled->base);
    print_string(print, " are not as painted");
    print_line_end(print);
}

/* What ksg_report was told, where the sentence says something else. */
static void print_said(struct scene *scene)
{
    struct print *print = &scene->print;

    print_string(print, "  reason:  ");
    print_text(print, reason_of(scene), PRINT_COLUMNS - print->column);
    print_line_end(print);
}

static void print_evidence(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct verdict *verdict = &scene->verdict;

    if (!scene->crash.registers_known)
        return;
    print_certainty(scene);
    if (verdict->kind == VERDICT_NO_DOUBLE_FAULT) {
        print_string(print, "the CPU pushed no error code, which it does for a double fault");
        print_line_end(print);
        return;
    }
    print_pointer(scene);
    print_cr2(scene);
    print_line_end(print);
    if (verdict->kind == VERDICT_TRAMPLED)
        print_canary(scene);
    if (verdict->kind != VERDICT_ON_DEMAND && scene->crash.reason[0])
        print_said(scene);
    if (verdict->kind != VERDICT_UNDELIVERABLE)
        return;
    for (uint32_t vector = 0; vector < VECTOR_COUNT; vector++) {
        bool worth_saying = vector <= VECTOR_MF && vector != VECTOR_DF && vector != 9 && vector != 15;

        if (!worth_saying || scene->crash.gates[vector] == GATE_GOOD)
            continue;
        print_string(print, "           IDT entry ");
        print_decimal(print, vector);
        print_string(print, " (");
        print_string(print, verdict_vector_name(vector));
        print_string(print, ") ");
        print_string(print, verdict_gate_text(scene->crash.gates[vector]));
        print_line_end(print);
    }
}

static void print_source(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;

    switch (range->source) {
    case STACK_NOT_FOUND:
    case STACK_REGISTERED:
        return;
    case STACK_HOOK:
        print_string(print, "  range:   from the kernel's find_stack");
        break;
    case STACK_ESP0:
        print_string(print, "  range:   base from esp0, limit from the pages around esp");
        break;
    case STACK_PROBED:
        print_string(print, "  range:   from the pages around esp: no stack is registered here");
        break;
    }
    print_line_end(print);
    if (!range->limit_unknown && !range->base_unknown)
        return;
    print_string(print, "           memory goes on ");
    print_string(print, !range->base_unknown ? "below" : !range->limit_unknown ? "above" : "on both sides");
    print_string(print, ", so the range may be too wide");
    print_line_end(print);
}

static void print_hook_loss(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct fault *fault = &scene->range.hook_fault;

    if (!scene->range.hook_faulted)
        return;
    print_string(print, "  lost:    find_stack: ");
    print_string(print, verdict_vector_name(fault->vector));
    print_string(print, " at eip ");
    print_hex8(print, fault->eip);
    if (fault->vector == VECTOR_PF) {
        print_string(print, ", cr2 ");
        print_hex8(print, fault->address);
    }
    print_line_end(print);
}

static void print_range(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;
    bool full = range->pointer <= range->limit;

    if (range->source == STACK_NOT_FOUND)
        return;
    print_string(print, "  stack:   limit ");
    print_hex8(print, range->limit);
    print_string(print, " base ");
    print_hex8(print, range->base);
    print_string(print, " size ");
    print_hex(print, range->base - range->limit);
    print_string(print, ", ");
    if (full) {
        print_string(print, "all");
    } else {
        print_hex(print, range->pointer <= range->base ? range->base - range->pointer : 0);
    }
    print_string(print, " of it used");
    if (scene->walked) {
        print_string(print, ", ");
        print_decimal(print, scene->totals.frames);
        print_string(print, scene->totals.frames == 1 ? " frame" : " frames");
    }
    print_line_end(print);
    print_source(scene);
}

static bool is_module(const struct usage *usage)
{
    return usage->key < USAGE_BEFORE;
}

static void print_top_users(struct scene *scene)
{
    struct print *print = &scene->print;
    uint32_t shown = 0;

    for (uint32_t i = 0; i < scene->modules.count && shown < TOP_USERS; i++) {
        const struct usage *user = &scene->modules.entries[i];
        uint32_t start;

        if (!is_module(user) || !user->bytes)
            continue;
        print_string(print, shown++ ? ", " : "  most:    ");
        print_text(print, code_module_name(&scene->code, user->key, &start), 12);
        print_string(print, " ");
        print_hex(print, user->bytes);
        print_string(print, " (");
        print_decimal(print, print_percent(user->bytes, scene->totals.bytes));
        print_string(print, " %)");
    }
    if (shown)
        print_line_end(print);
}

/* "biggest: 2c4 in one frame, MamaHog!query+0x122; 290 of it locals" */
static void print_biggest(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct big_frame *frame = &scene->biggest.frames[0];
    struct anatomy anatomy;

    if (scene->biggest.count == 0)
        return;
    anatomy_of(&scene->start.view, frame, &anatomy);
    print_string(print, "  biggest: ");
    print_hex(print, frame->bytes);
    print_string(print, " in one frame, ");
    print_place(scene, code_find(&scene->code, frame->pc_exact ? frame->pc : frame->pc - 1), frame->pc, 40);
    if (anatomy.locals) {
        print_string(print, "; ");
        print_hex(print, anatomy.locals);
        print_string(print, " of it locals");
    }
    print_line_end(print);
}

/* "repeats: nt!parse and 1 more, 213 turns, a8 each, 8bc8 in all" */
static void print_repeats(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct cycle *cycle = &scene->folded.greatest;
    struct function *function;

    if (cycle->turns == 0)
        return;
    function = code_find(&scene->code, cycle->pc_exact ? cycle->pc : cycle->pc - 1);
    print_string(print, "  repeats: ");
    print_function(scene, function, cycle->pc, 32);
    if (cycle->rows > 1) {
        print_string(print, " and ");
        print_decimal(print, cycle->rows - 1);
        print_string(print, " more");
    }
    print_string(print, ", ");
    print_decimal(print, cycle->turns);
    print_string(print, " turns, ");
    print_hex(print, cycle->bytes);
    print_string(print, " each, ");
    print_hex(print, scene->folded.greatest_bytes);
    print_string(print, " in all");
    print_line_end(print);
}

void part_headline(struct scene *scene)
{
    struct print *print = &scene->print;

    print_string(print, "======== kstackguard ");
    print_decimal(print, KSG_VERSION_MAJOR);
    print_string(print, ".");
    print_decimal(print, KSG_VERSION_MINOR);
    print_string(print, ": ");
    print_string(print, title(&scene->verdict));
    print_string(print, " ========");
    print_line_end(print);
    print_sentence(scene);
    print_evidence(scene);
    print_range(scene);
    print_hook_loss(scene);
    if (scene->walked) {
        print_top_users(scene);
        print_biggest(scene);
        print_repeats(scene);
    }
    print_line_end(print);
}
