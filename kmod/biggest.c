/* The biggest frames, and what they are made of. */
#include "biggest.h"

#include "call.h"
#include "flow.h"
#include "instruction.h"
#include "prologue.h"
#include "thunk.h"

#define EBP_SIZE 4u
#define WORD_SIZE 4u /* a frame without EBP reaches up to the word below its return address: record.h */
/* From where a pointer leads to the frame's pc, in bytes, for that to be its function. */
#define FUNCTION_LONGEST 0x10000u

static void insert(struct biggest *biggest, const struct big_frame *frame)
{
    struct big_frame moving = *frame;

    for (uint32_t i = 0; i < biggest_count(biggest); i++)
        if (moving.bytes > biggest->frames[i].bytes) {
            struct big_frame displaced = biggest->frames[i];

            biggest->frames[i] = moving;
            moving = displaced;
        }
    if (biggest->count < BIGGEST_COUNT)
        biggest->frames[biggest->count++] = moving;
}

static void take_out(struct biggest *biggest, uint32_t place)
{
    biggest->count = biggest_count(biggest) - 1;
    for (uint32_t i = place; i < biggest->count; i++)
        biggest->frames[i] = biggest->frames[i + 1];
}

/* One frame for each function: the biggest. */
static void meet(struct biggest *biggest, const struct big_frame *frame)
{
    for (uint32_t i = 0; i < biggest_count(biggest); i++) {
        if (biggest->frames[i].function != frame->function)
            continue;
        if (biggest->frames[i].bytes >= frame->bytes)
            return;
        take_out(biggest, i);
        break;
    }
    insert(biggest, frame);
}

static uint32_t function_of(const struct row *row)
{
    return row->function->named ? row->function->function : row->pc;
}

/* It has no EBP frame, neither by its prologue nor set up later. */
static bool is_bare(const struct row *row)
{
    return row->function->framing == FRAMING_NONE && (row->trust == TRUST_FRAMELESS || row->trust == TRUST_GUESS);
}

/* What the row leaves below the next frame. On the way to another stack it stays what it was. */
static enum below below_next(const struct row *row, enum below before)
{
    if (row->kind == ROW_SWITCH || row->kind == ROW_REST)
        return before;
    if (row->kind != ROW_FRAME)
        return BELOW_RECORD;
    if (row->stub)
        return BELOW_TRAP;
    return is_bare(row) || row->function->framing == FRAMING_REALIGNED ? BELOW_WORD : BELOW_RECORD;
}

/* From its ESP up to its child EBP; nothing where a trap found a function without EBP frame that had pushed nothing. */
static uint32_t own_bytes(const struct row *row, uint32_t esp)
{
    if (esp - row->child_ebp <= WORD_SIZE)
        return 0;
    return row->child_ebp > esp && row->child_ebp - esp < row->bytes ? row->child_ebp - esp : row->bytes;
}

static void find_frames(const struct walk_start *start, struct biggest *biggest)
{
    static struct walk walk;
    static struct row row; /* the handler's stack is small */
    enum below below = BELOW_RECORD;

    walk_begin(&walk, start);
    for (;;) {
        uint32_t esp = walk.esp;
        bool exact = walk.exact;
        static struct big_frame frame;

        if (!walk_next(&walk, &row))
            return;
        frame.below = below;
        below = below_next(&row, below);
        if (row.kind != ROW_FRAME)
            continue;
        frame.bare = is_bare(&row);
        frame.function = function_of(&row);
        frame.named = row.function->named;
        frame.end = row.function->named && row.function->start == row.function->function ? row.function->end : 0;
        frame.frames = 0;
        frame.bytes = row.bytes;
        frame.own = own_bytes(&row, esp);
        frame.pc = row.pc;
        frame.pc_exact = exact;
        frame.guess = row.trust == TRUST_GUESS;
        frame.return_address = row.return_address;
        if (row.bytes > 0)
            meet(biggest, &frame);
    }
}

/* How many frames of these functions there are: those that came and went on the way were not counted. */
static void count_frames(const struct walk_start *start, struct biggest *biggest)
{
    static struct walk walk;
    struct row row;

    walk_begin(&walk, start);
    while (walk_next(&walk, &row))
        for (uint32_t i = 0; i < biggest_count(biggest); i++)
            if (row.kind == ROW_FRAME && biggest->frames[i].function == function_of(&row))
                biggest->frames[i].frames++;
}

void biggest_find(const struct walk_start *start, struct biggest *biggest)
{
    biggest->count = 0;
    find_frames(start, biggest);
    count_frames(start, biggest);
}

static uint32_t part_of(uint32_t wanted, uint32_t *rest)
{
    uint32_t part = wanted < *rest ? wanted : *rest;

    *rest -= part;
    return part;
}

/* The function stands in its prologue, which has taken so much: whether pushes or locals came first is seen if nothing
   of the other is among it. */
static void stop_in_prologue(struct prologue *prologue, uint32_t taken)
{
    bool pushes_only = taken == prologue->pushes;
    bool locals_only = taken == prologue->locals;

    if (!pushes_only)
        prologue->pushes = 0;
    if (!locals_only)
        prologue->locals = 0;
}

/* What is on the stack beyond what the prologue put there, when the function stands at pc: the arguments of the call it
   made, with what aligns them. The code up to pc tells; else the code behind the call, if it takes them off itself. */
static uint32_t arguments_of(struct memory *memory, uint32_t start, const struct big_frame *frame,
                             struct prologue *prologue)
{
    uint32_t saved_ebp = prologue->framed ? EBP_SIZE : 0;
    struct instruction instruction;
    struct shape shape;
    struct loop loop;

    if (start && flow_from_start(memory, start, frame->pc, !frame->pc_exact, true, &shape) == FLOW_ARRIVED &&
        shape.esp.base == PLACE_ESP) {
        uint32_t taken = 0 - (uint32_t)shape.esp.offset - saved_ebp;
        uint32_t kept = prologue->locals + prologue->pushes;

        if (frame->pc_exact && shape_loop_around(memory, frame->pc, &loop)) { /* after some turns */
            uint32_t all = frame->own + (prologue->framed ? 0 : WORD_SIZE);

            prologue->locals = all > prologue->pushes ? all - prologue->pushes : 0;
            return 0;
        }
        if (taken < kept)
            stop_in_prologue(prologue, taken);
        return taken > kept ? taken - kept : 0;
    }
    if (frame->pc_exact || !instruction_read(memory, frame->pc, &instruction) ||
        instruction.kind != INSTRUCTION_ADJUST_ESP || instruction.esp_change < 0)
        return 0;
    return (uint32_t)instruction.esp_change;
}

/* Without symbols the call itself tells where the function starts: by its target, or what its pointer leads to now. */
static uint32_t start_by_call(struct memory *memory, const struct big_frame *frame, const struct call *call)
{
    uint32_t start = call->target;
    uint8_t word[4];

    if (call->kind == CALL_INDIRECT && call->pointer && memory_code(memory, call->pointer, word, 4) == 4)
        start = memory_load(word);
    else if (call->kind != CALL_DIRECT || thunk_at(memory, call->target))
        return 0;
    return start <= frame->pc && frame->pc - start < FUNCTION_LONGEST ? start : 0;
}

void anatomy_of(const struct view *view, const struct big_frame *frame, struct anatomy *anatomy)
{
    struct memory *memory = view->memory;
    struct call call = call_before(memory, frame->return_address, frame->function);
    uint32_t start = frame->named ? frame->function : start_by_call(memory, frame, &call);
    uint32_t rest = frame->own;
    struct prologue prologue = {0};
    uint32_t arguments, above;

    if (start)
        prologue = prologue_read(memory, start, frame->end);
    arguments = arguments_of(memory, start, frame, &prologue);
    above = frame->bare && prologue.pushes >= WORD_SIZE ? WORD_SIZE : 0;
    anatomy->below = frame->bytes - frame->own;
    anatomy->locals = part_of(prologue.locals, &rest);
    anatomy->pushes = part_of(prologue.pushes - above, &rest);
    anatomy->pushed = anatomy->pushes + above;
    anatomy->arguments = part_of(arguments, &rest);
    anatomy->alignment = part_of(prologue.aligned && prologue.alignment >= 4 ? prologue.alignment - 4 : 0, &rest);
    anatomy->dynamic = part_of(prologue.dynamic ? rest : 0, &rest);
    anatomy->unexplained = rest;
    anatomy->called = frame->return_address && record_evidence(view, frame->return_address, 0) != EVIDENCE_NONE;
    anatomy->called_by_pointer = call.kind == CALL_INDIRECT && call.pointer;
    anatomy->pointer = call.pointer;
}
