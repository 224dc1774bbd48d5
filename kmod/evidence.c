/* The lines below the verdict's sentence: how sure it is, the facts that it rests on, and those that speak against it.
 */
#include "paint.h"
#include "parts.h"

#define INDENT 11 /* of a line that goes on with what "  certain: " begins */
#define PAGE 4096u
#define NAME_ROOM 40
#define FUNCTION_ROOM 28 /* where more follows in the line */
#define STACK_NAME_ROOM 24

void print_evidence_line(struct print *print)
{
    print_to_column(print, INDENT);
}

/* An address in the row's function. */
static uint32_t inside(const struct clue_row *row)
{
    return row->pc_exact ? row->pc : row->pc - 1;
}

static void print_clue_row(struct scene *scene, const struct clue_row *row)
{
    print_place(scene, code_find(&scene->code, inside(row)), row->pc, NAME_ROOM);
}

void print_stack_name(struct print *print, struct text name)
{
    if (!name.length) {
        print_string(print, "an unnamed stack");
        return;
    }
    print_string(print, "stack \"");
    print_text(print, name, STACK_NAME_ROOM);
    print_string(print, "\"");
}

/* ", text \"AAAA\"", where a word looks like that. */
void print_as_text(struct print *print, uint32_t word)
{
    char characters[4];

    if (!clues_looks_like_text(word))
        return;
    for (unsigned i = 0; i < 4; i++)
        characters[i] = (char)(word >> 8 * i);
    print_string(print, ", text \"");
    print_text(print, (struct text){characters, 4}, 4);
    print_string(print, "\"");
}

/* An entry from user mode began the stack in its middle. */
static void print_esp0(struct scene *scene)
{
    struct print *print = &scene->print;

    if (!scene->clues.above_esp0)
        return;
    print_evidence_line(print);
    print_string(print, "esp0 ");
    print_hex8(print, scene->crash.esp0);
    print_string(print, " is ");
    print_hex(print, scene->clues.above_esp0);
    print_string(print, " below the base; what lies above is not counted");
    print_line_end(print);
}

/* --- a stack that was left --- */

/* Where ESP may have come from. */
static void print_above(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct ksg_stack *above = scene->clues.above;

    if (!above)
        return;
    print_evidence_line(print);
    print_string(print, "the next stack above is ");
    print_stack_name(print, print_c_string(above->name));
    print_string(print, ", in ");
    print_hex(print, above->limit - scene->range.pointer);
    print_string(print, " bytes");
    print_line_end(print);
}

/* Which frame lies across the limit, and what is below: when ESP is not just in the guard page. */
static void print_overrun(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct stack_range *range = &scene->range;
    const struct clues *clues = &scene->clues;
    const struct ksg_stack *over = clues->run_over;
    uint32_t mark;

    if (!clues->over.bytes || (clues->guarded && range->limit - range->pointer <= PAGE && !over))
        return;
    print_evidence_line(print);
    if (clues->guarded || range->below_zero) {
        print_string(print, range->below_zero ? "went below address 0 and around " : "jumped the guard page ");
        print_string(print, clues->over_loaded ? "where esp was loaded, by " : "in one frame of ");
        print_hex(print, clues->over.bytes);
        print_string(print, ":");
        mark = print->column;
        print_string(print, " ");
        print_clue_row(scene, &clues->over);
        print_wrap(print, mark, INDENT);
    } else {
        print_string(print, "there is no guard page, and what lies below was written over");
    }
    print_line_end(print);
    if (!over)
        return;
    print_evidence_line(print);
    print_string(print, "it ran into ");
    print_stack_name(print, print_c_string(over->name));
    mark = print->column + 1;
    print_string(print, ", limit ");
    print_hex8(print, over->limit);
    print_string(print, " base ");
    print_hex8(print, over->base);
    if (clues->run_over_count > 1) {
        print_string(print, ", and ");
        print_decimal(print, clues->run_over_count - 1);
        print_string(print, " more");
    }
    print_wrap(print, mark, INDENT);
    print_line_end(print);
}

/* ESP and the running function's frame are on two stacks. */
static void print_two_stacks(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct clues *clues = &scene->clues;

    if (!clues->frame_in || scene->range.tie == TIE_FRAMES)
        return;
    print_evidence_line(print);
    print_string(print, "ebp ");
    print_hex8(print, scene->crash.ebp);
    print_string(print, ", its frame, is on ");
    print_stack_name(print, print_c_string(clues->frame_in->name));
    print_line_end(print);
}

/* --- a handler that had no room --- */

static void print_handler(struct scene *scene)
{
    struct print *print = &scene->print;
    struct clue_row handler = {0, scene->crash.eip, true};
    uint32_t mark;

    if (!scene->clues.trapped.bytes)
        return;
    print_evidence_line(print);
    if (!verdict_is_of_handler(&scene->verdict, &scene->clues)) {
        print_string(print, "it was handling a trap in ");
        print_clue_row(scene, &scene->clues.trapped);
        print_line_end(print);
        return;
    }
    print_string(print, "its handler got as far as ");
    print_clue_row(scene, &handler);
    mark = print->column;
    print_string(print, " and took ");
    print_hex(print, scene->clues.trapped.bytes);
    print_wrap(print, mark, INDENT);
    print_line_end(print);
}

/* --- words that were overwritten --- */

/* "the ebp that hog!inner saved at c0213f40 is deadbeef" */
static void print_smashed(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct smashed *smashed = &scene->clues.smashed;
    char characters[CLUES_TEXT];
    struct text text = {characters, 0};
    uint32_t mark;

    if (!smashed->found)
        return;
    print_evidence_line(print);
    print_string(print, smashed->is_return ? "the return address of " : "the ebp that ");
    print_function(scene, code_find(&scene->code, inside(&smashed->frame)), smashed->frame.pc, FUNCTION_ROOM);
    print_string(print, smashed->is_return ? " at " : " saved at ");
    print_hex8(print, smashed->at);
    mark = print->column;
    print_string(print, " is ");
    print_hex8(print, smashed->value);
    text.length = clues_text(&scene->machine->memory, smashed->at, characters);
    if (text.length) {
        print_string(print, ", in text \"");
        print_text(print, text, CLUES_TEXT);
        print_string(print, "\"");
    }
    print_wrap(print, mark, INDENT);
    print_line_end(print);
}

/* --- reports on demand --- */

/* Why it is no overflow. */
static void print_wild(struct scene *scene)
{
    struct print *print = &scene->print;

    print_evidence_line(print);
    print_string(print, scene->verdict.certainty == CERTAINTY_CERTAIN
                            ? "its instruction accesses it, but not by way of esp: no overflow"
                            : "esp is not near its limit: no overflow");
    print_line_end(print);
}

/* "the lowest 20 bytes of c0213000 to c0214000 are not as painted" */
static void print_canary(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct crash *crash = &scene->crash;
    bool near = scene->verdict.kind == VERDICT_NEAR_END;
    uint32_t mark;

    print_evidence_line(print);
    print_string(print, "the lowest ");
    print_hex(print, near ? crash->untouched : PAINT_NEAR_END);
    print_string(print, " bytes of ");
    print_hex8(print, crash->trampled->limit);
    print_string(print, " to ");
    print_hex8(print, crash->trampled->base);
    print_string(print, near ? " are as painted," : " are not as painted");
    mark = print->column;
    if (near)
        print_string(print, " but a frame may have stepped over them");
    print_wrap(print, mark, INDENT);
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

/* --- all --- */

static void print_against(struct scene *scene)
{
    struct print *print = &scene->print;
    uint32_t mark;

    switch (scene->verdict.against) {
    case AGAINST_NOTHING:
        return;
    case AGAINST_GATE:
        print_string(print, "  against: no page fault can be delivered anyway:");
        print_line_end(print);
        print_gate(scene, VECTOR_PF);
        return;
    case AGAINST_NO_PUSH:
        print_string(print, "  against: no push failed");
        if (scene->verdict.vector < VECTOR_COUNT)
            print_string(print, "; what could not be delivered was something else:");
        print_line_end(print);
        print_undelivered(scene);
        return;
    case AGAINST_SPACE:
        print_string(print, "  against: its frame is not here: this may be another process's stack");
        print_line_end(print);
        return;
    case AGAINST_NO_FRAMES:
        print_string(print, "  against: only ");
        print_hex(print, scene->clues.in_frames);
        print_string(print, " of the stack is in known frames");
        print_line_end(print);
        return;
    case AGAINST_BEYOND:
        print_string(print, "  against: the frame of ");
        print_clue_row(scene, &scene->clues.beyond);
        mark = print->column;
        print_string(print, " ends above the base");
        print_wrap(print, mark, INDENT);
        print_line_end(print);
        return;
    }
}

static void print_certainty(struct scene *scene)
{
    static const char *const words[] = {"  facts:   ", "  likely:  ", "  certain: "};

    print_string(&scene->print, words[scene->verdict.certainty]);
}

/* Which page directory is the wrong one. */
static void print_space(struct scene *scene)
{
    struct print *print = &scene->print;

    if (scene->verdict.kind != VERDICT_OTHER_SPACE)
        return;
    print_evidence_line(print);
    if (scene->crash.space == SPACE_WITHOUT_STACK) {
        print_string(print, "cr3 ");
        print_hex8(print, scene->crash.victim_cr3);
        print_string(print, " does not map it; it is read through cr3 ");
    } else {
        print_string(print, "the kernel was on another page directory than cr3 ");
    }
    print_hex8(print, scene->crash.cr3);
    print_line_end(print);
}

/* How ESP or EIP came to be what they are. */
static void print_way(struct scene *scene)
{
    struct print *print = &scene->print;

    if (scene->verdict.kind == VERDICT_SMASHED_EBP) {
        print_evidence_line(print);
        print_string(print, "ebp ");
        print_hex8(print, scene->crash.ebp);
        print_string(print, " is on no stack either, and as close as a frame's end");
        print_line_end(print);
    }
    if (scene->clues.came_by_return) {
        print_evidence_line(print);
        print_string(print, "eip is no code, and the word below esp is the same: a ret took it");
        print_line_end(print);
    }
    if (scene->clues.came_by_return && scene->verdict.kind == VERDICT_UNDERFLOW) {
        print_evidence_line(print);
        print_string(print, "its first function returned, or this is where it was to begin");
        print_line_end(print);
    }
}

void print_evidence(struct scene *scene)
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
    print_pointers(scene);
    print_above(scene);
    if (verdict->kind == VERDICT_TRAMPLED || verdict->kind == VERDICT_NEAR_END)
        print_canary(scene);
    else if (verdict->kind == VERDICT_GUARD_PAGE)
        print_wild(scene);
    if (verdict->kind != VERDICT_ON_DEMAND && scene->crash.reason[0])
        print_said(scene);
    print_space(scene);
    print_esp0(scene);
    print_overrun(scene);
    print_handler(scene);
    print_nested(scene);
    print_outer_tasks(scene);
    print_way(scene);
    print_two_stacks(scene);
    if (verdict->kind == VERDICT_UNDELIVERABLE || verdict->kind == VERDICT_SMASHED_RETURN ||
        (verdict->kind == VERDICT_UNDERFLOW && !scene->clues.push_failed))
        print_undelivered(scene);
    else if (verdict->kind == VERDICT_UNKNOWN)
        print_raised(scene);
    else if (verdict->kind == VERDICT_NO_HANDLER)
        print_gate(scene, VECTOR_PF);
    print_smashed(scene);
    print_against(scene);
}
