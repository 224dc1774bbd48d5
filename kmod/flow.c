/* The two ways to learn what the stack looks like at an instruction. */
#include "flow.h"

#include "call.h"
#include "popped.h"
#include "thunk.h"
#include "way.h"

#define STEPS_FROM_START 2000 /* instructions */
#define STEPS_TO_RETURN 500
#define STEPS_OF_CALLEES 6000 /* of all on one way */
#define HOLE_LARGEST 2000     /* bytes that nothing leads to */
#define ENTRY_LONGEST 64      /* instructions */
#define THUNK_NEAR 64         /* bytes from a thunk to the call of it, in a function */

/* A way that is gone to learn that. */
struct search {
    struct way way;
    bool look_into_calls;
    unsigned callee_steps; /* left to look into callees */
    struct shape body;     /* at the last branch: what the function looks like between prologue and epilogue */
};

/* The handler's stack is small, and one way is gone at a time. */
static struct search the_search;

static void begin(struct search *search, struct memory *memory, uint32_t first, uint32_t end, const struct shape *shape,
                  unsigned steps, bool look_into_calls)
{
    way_begin(&search->way, memory, first, end, shape, steps);
    search->look_into_calls = look_into_calls;
    search->callee_steps = STEPS_OF_CALLEES;
    search->body = *shape;
}

/* The callee, of a call that ends at next, pops what its code or its caller's says; callee 0: not known. */
static void gain(struct search *search, uint32_t callee, uint32_t next)
{
    uint32_t popped = 0;

    if (!search->look_into_calls)
        return;
    if (callee)
        popped = popped_by_callee(search->way.memory, callee, &search->callee_steps);
    if (!popped)
        popped = popped_by_repair(search->way.memory, next);
    shape_move_esp(&search->way.here.shape, (int32_t)popped);
}

/* That of the call which ends at pc and is under way. Apart: what it takes of the stack is not needed otherwise. */
__attribute__((noinline)) static void gain_at(struct search *search, uint32_t pc)
{
    struct call call = call_before(search->way.memory, pc, 0);

    gain(search, call.kind == CALL_DIRECT ? call.target : 0, pc);
}

/* Between an epilogue and its RET or tail jump the stack looks as at the start, and not as in the body. */
static void note_body(struct search *search)
{
    if (search->way.here.shape.esp.offset != 0)
        search->body = search->way.here.shape;
}

static bool ends_flow(const struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_RET:
    case INSTRUCTION_RET_FAR:
    case INSTRUCTION_IRET:
    case INSTRUCTION_STOP:
    case INSTRUCTION_JUMP:
    case INSTRUCTION_JUMP_INDIRECT:
        return true;
    default:
        return false;
    }
}

/* By a return or an indirect jump; or by the call of a thunk that does this: the thunk runs with a word pushed. */
static void leave(struct search *search, const struct instruction *instruction)
{
    struct way *way = &search->way;

    if (instruction->opcode == CALL_E8_OPCODE) {
        shape_move_esp(&way->here.shape, -4);
        way_add(way, instruction->target);
    } else if (instruction->kind == INSTRUCTION_JUMP_INDIRECT) {
        note_body(search);
        way_add_table(way, instruction);
    }
}

/* gcc puts thunks into the function that calls them (thunk-inline): they run on its frame, with a return address pushed. */
static void call_thunk(struct way *way, const struct instruction *instruction)
{
    if (way->here.address - instruction->target > THUNK_NEAR || !thunk_at(way->memory, instruction->target))
        return;
    shape_move_esp(&way->here.shape, -4);
    way_add(way, instruction->target);
    shape_move_esp(&way->here.shape, 4);
}

/* Goes over the instruction here. */
static void pass(struct search *search, const struct instruction *instruction)
{
    struct way *way = &search->way;
    struct junction *here = &way->here;
    uint32_t at = here->address;

    way_pass(way, instruction);
    switch (instruction->kind) {
    case INSTRUCTION_RET:
    case INSTRUCTION_JUMP_INDIRECT:
        leave(search, instruction);
        break;
    case INSTRUCTION_JUMP:
        note_body(search);
        way_add(way, instruction->target);
        break;
    case INSTRUCTION_BRANCH:
        shape_leave_loop(&here->shape, way->memory, instruction->target, at);
        note_body(search);
        way_add(way, instruction->target);
        break;
    case INSTRUCTION_CALL:
        call_thunk(way, instruction);
        shape_execute(&here->shape, instruction, here->address);
        if (instruction->target != here->address)
            gain(search, instruction->target, here->address);
        break;
    case INSTRUCTION_CALL_INDIRECT:
        shape_execute(&here->shape, instruction, here->address);
        gain(search, 0, here->address);
        break;
    default:
        shape_execute(&here->shape, instruction, here->address);
    }
    if (ends_flow(instruction) || here->address < at) /* past 4 GiB */
        way_end_run(way);
}

static bool is_call(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_CALL || instruction->kind == INSTRUCTION_CALL_INDIRECT ||
           instruction->kind == INSTRUCTION_CALL_FAR;
}

/* Where the code ends that was visited before pc. */
static uint32_t hole_start(const struct way *way, uint32_t pc)
{
    uint32_t start = way->first;

    for (unsigned i = 0; i < way->run_count; i++) {
        if (way->runs[i].end <= pc && way->runs[i].end - way->first > start - way->first)
            start = way->runs[i].end;
    }
    return start;
}

/* As if the function's body went on in the hole that holds pc, and again behind each jump in it. Apart: its instruction is not
   on the stack on the usual way. */
__attribute__((noinline)) static enum flow_arrival guess(struct search *search, uint32_t pc, bool at_call,
                                                         struct shape *shape)
{
    uint32_t at = hole_start(&search->way, pc);
    struct instruction instruction;
    bool behind_call = false;

    *shape = search->body;
    while (pc - at <= HOLE_LARGEST) {
        if (at == pc && (!at_call || behind_call))
            return FLOW_GUESSED;
        if (!instruction_read(search->way.memory, at, &instruction))
            break;
        at += instruction.length;
        behind_call = is_call(&instruction);
        shape_execute(shape, &instruction, at);
        if (ends_flow(&instruction))
            *shape = search->body;
    }
    *shape = search->body;
    return FLOW_LOST;
}

/* Room is left with one nop a byte. */
static bool is_nop(const struct instruction *instruction)
{
    bool to_itself = instruction->reg == instruction->rm && instruction->displacement == 0;

    switch (instruction->opcode) {
    case 0x90:
    case 0x0f1e: /* endbr32 */
    case 0x0f1f:
        return true;
    case 0x89: /* mov edi, edi */
    case 0x8b:
        return to_itself && instruction->operand == OPERAND_REGISTER;
    case 0x8d: /* lea esi, [esi + 0] */
        return to_itself && instruction->operand == OPERAND_BASE;
    default:
        return false;
    }
}

/* call_end: where the call in it ends, from start on; 0: there is none. */
static uint32_t pass_entry(struct memory *memory, uint32_t start, uint32_t *call_end)
{
    struct instruction instruction;
    uint32_t at = start;

    *call_end = 0;
    for (unsigned i = 0; i < ENTRY_LONGEST && instruction_read(memory, at, &instruction); i++) {
        bool calls = !*call_end && is_call(&instruction) && instruction.target != at + instruction.length;

        if (!calls && !is_nop(&instruction))
            break;
        at += instruction.length;
        if (calls)
            *call_end = at - start;
    }
    return at - start;
}

uint32_t flow_entry(struct memory *memory, uint32_t start)
{
    uint32_t call_end;

    return pass_entry(memory, start, &call_end);
}

uint32_t flow_entry_call(struct memory *memory, uint32_t start)
{
    uint32_t call_end;

    pass_entry(memory, start, &call_end);
    return call_end;
}

enum flow_arrival flow_from_start(struct memory *memory, uint32_t start, uint32_t pc, bool at_call,
                                  bool look_into_calls, struct shape *shape)
{
    struct search *search = &the_search;
    struct way *way = &search->way;
    static struct instruction instruction; /* the handler's stack is small */
    uint32_t entry;

    *shape = shape_begin(true, true);
    if (pc == start && !at_call) /* its code need not even be there */
        return FLOW_ARRIVED;
    entry = flow_entry(memory, start);
    if (pc - start < entry + at_call)
        entry = 0;
    begin(search, memory, start + entry, UINT32_MAX, shape, STEPS_FROM_START, look_into_calls);
    way->goal = pc;
    while (way_next(way, &instruction)) {
        uint32_t next = way->here.address + instruction.length;
        bool arrived = at_call ? is_call(&instruction) && next == pc : way->here.address == pc;

        if (arrived) {
            *shape = way->here.shape;
            return FLOW_ARRIVED;
        }
        pass(search, &instruction);
    }
    return guess(search, pc, at_call, shape);
}

/* Do ESP and EBP look as they have to at a RET? */
static bool can_return(const struct shape *shape)
{
    bool ebp_untouched = shape_ebp_untouched(shape);

    if (shape->esp.base == PLACE_EBP)
        return shape->ebp_loaded && shape->ebp.base == PLACE_EBP;
    if (shape->esp.base != PLACE_ESP || shape->esp.offset < 0)
        return false;
    return ebp_untouched || (shape->ebp_loaded && shape->ebp.base == PLACE_ESP && shape->ebp.offset >= 0);
}

bool flow_to_return(struct memory *memory, uint32_t end, uint32_t pc, bool at_call, bool look_into_calls,
                    struct shape *shape)
{
    struct search *search = &the_search;
    struct way *way = &search->way;
    static struct instruction instruction; /* the handler's stack is small */
    bool found = false;

    *shape = shape_begin(!at_call, false);
    if (at_call && pc >= end)
        return false;
    begin(search, memory, pc, end, shape, STEPS_TO_RETURN, look_into_calls);
    if (at_call)
        gain_at(search, pc);
    while (way_next(way, &instruction)) {
        const struct shape *here = &way->here.shape;
        bool returns = instruction.kind == INSTRUCTION_RET && can_return(here) &&
                       !thunk_jumps(memory, way->here.address);

        if (returns && (!found || here->esp.sure))
            *shape = *here;
        found |= returns;
        if (returns && here->esp.sure)
            break;
        pass(search, &instruction);
    }
    return found;
}
