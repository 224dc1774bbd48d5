/*
 * The two ways to learn what the stack looks like at an instruction.
 *
 * Code is visited in runs: from where a branch leads to where control does not go on, or was before. What branches lead
 * to waits until it is its turn. There is room for a fixed number of both, and forgetting some costs no truth.
 */
#include "flow.h"

#include "call.h"
#include "thunk.h"

#define PENDING 12
#define RUNS 32
#define STEPS_FROM_START 2000 /* instructions */
#define STEPS_TO_RETURN 500
#define STEPS_OF_CALLEE 300
#define STEPS_OF_CALLEES 6000 /* of all on one way */
#define HOLE_LARGEST 2000     /* bytes that nothing leads to */
#define ENTRY_LONGEST 64      /* instructions */
#define THUNK_NEAR 64         /* bytes from a thunk to the call of it, in a function */

/* An instruction that control can get to. */
struct junction {
    uint32_t address;
    struct shape shape;
};

/* Instructions that were visited one after the other. */
struct run {
    uint32_t start;
    uint32_t end;
};

struct way {
    struct memory *memory;
    uint32_t first;        /* where it began; of what is pending the nearest above that comes next */
    unsigned steps;        /* left */
    unsigned callee_steps; /* left to look into callees */
    struct junction here;
    uint32_t end;      /* no run that starts below it gets past it */
    uint32_t stop;     /* the current run ends here at the latest */
    struct shape body; /* at the last branch: what the function looks like between prologue and epilogue */
    struct run runs[RUNS];
    unsigned run_count;
    struct junction pending[PENDING];
    unsigned pending_count;
};

/* The handler's stack is small, and one way is gone at a time. */
static struct way the_way;

static bool is_nearer(const struct way *way, uint32_t one, uint32_t other)
{
    return one - way->first < other - way->first;
}

static bool visited(const struct way *way, uint32_t address)
{
    for (unsigned i = 0; i < way->run_count; i++) {
        const struct run *run = &way->runs[i];

        if (address - run->start < run->end - run->start)
            return true;
    }
    return false;
}

/* Here, which is not visited, and with room for another run. */
static void start_run(struct way *way)
{
    uint32_t here = way->here.address;

    way->stop = here < way->end ? way->end : UINT32_MAX;
    for (unsigned i = 0; i < way->run_count; i++) {
        if (way->runs[i].start > here && way->runs[i].start < way->stop)
            way->stop = way->runs[i].start;
    }
    way->runs[way->run_count].start = here;
    way->runs[way->run_count].end = here;
    way->run_count++;
}

static void end_run(struct way *way)
{
    way->stop = way->here.address;
}

static void begin(struct way *way, struct memory *memory, uint32_t first, uint32_t end, const struct shape *shape,
                  unsigned steps, bool look_into_calls)
{
    way->memory = memory;
    way->first = first;
    way->end = end;
    way->steps = steps;
    way->callee_steps = look_into_calls ? STEPS_OF_CALLEES : 0;
    way->here.address = first;
    way->here.shape = *shape;
    way->body = *shape;
    way->run_count = 0;
    way->pending_count = 0;
    start_run(way);
}

static struct junction *find_pending(struct way *way, uint32_t address)
{
    for (unsigned i = 0; i < way->pending_count; i++) {
        if (way->pending[i].address == address)
            return &way->pending[i];
    }
    return 0;
}

static struct junction *nearest_pending(struct way *way)
{
    struct junction *nearest = &way->pending[0];

    for (unsigned i = 1; i < way->pending_count; i++) {
        if (is_nearer(way, way->pending[i].address, nearest->address))
            nearest = &way->pending[i];
    }
    return nearest;
}

static struct junction *farthest_pending(struct way *way)
{
    struct junction *farthest = &way->pending[0];

    for (unsigned i = 1; i < way->pending_count; i++) {
        if (is_nearer(way, farthest->address, way->pending[i].address))
            farthest = &way->pending[i];
    }
    return farthest;
}

static void remove_pending(struct way *way, struct junction *junction)
{
    *junction = way->pending[--way->pending_count];
}

/* Of two shapes at one place, the one without a call before it knows better. */
static void prefer_sure(struct shape *shape, const struct shape *other)
{
    if (!shape->esp.sure)
        *shape = *other;
}

/* Remembers that control can get from here to target. */
static void add_pending(struct way *way, uint32_t target)
{
    struct junction *junction = find_pending(way, target);

    if (junction) {
        prefer_sure(&junction->shape, &way->here.shape);
        return;
    }
    if (visited(way, target))
        return;
    if (way->pending_count < PENDING) {
        junction = &way->pending[way->pending_count++];
    } else {
        junction = farthest_pending(way);
        if (is_nearer(way, junction->address, target))
            return;
    }
    junction->address = target;
    junction->shape = way->here.shape;
}

/* Goes to what is pending. False: there is nothing, or no room for another run. */
static bool turn(struct way *way)
{
    while (way->pending_count > 0 && way->run_count < RUNS) {
        struct junction *junction = nearest_pending(way);

        way->here = *junction;
        remove_pending(way, junction);
        if (!visited(way, way->here.address)) {
            start_run(way);
            return true;
        }
    }
    return false;
}

/* The instruction to visit next, which is here then. False: there is none. */
static bool next_instruction(struct way *way, struct instruction *instruction)
{
    struct junction *junction = find_pending(way, way->here.address);

    if (way->steps == 0)
        return false;
    way->steps--;
    if (junction && way->here.address < way->stop) {
        prefer_sure(&way->here.shape, &junction->shape);
        remove_pending(way, junction);
    }
    while (way->here.address >= way->stop || !instruction_read(way->memory, way->here.address, instruction)) {
        if (!turn(way))
            return false;
    }
    return true;
}

/* A callee pops what its `ret n` says: the one that its code leads to if it takes no branch and repeats no loop. */
static void gain(struct way *way, uint32_t callee)
{
    struct instruction instruction;
    uint32_t at = callee;

    for (unsigned steps = 0; steps < STEPS_OF_CALLEE && way->callee_steps > 0; steps++) {
        bool repeats;

        way->callee_steps--;
        if (!instruction_read(way->memory, at, &instruction))
            return;
        switch (instruction.kind) {
        case INSTRUCTION_RET:
            shape_move_esp(&way->here.shape, (int32_t)instruction.immediate);
            return;
        case INSTRUCTION_JUMP:
            repeats = instruction.target >= callee && instruction.target <= at;
            at = repeats ? at + instruction.length : instruction.target;
            break;
        case INSTRUCTION_RET_FAR:
        case INSTRUCTION_IRET:
        case INSTRUCTION_STOP:
        case INSTRUCTION_JUMP_INDIRECT:
            return;
        default:
            at += instruction.length;
        }
    }
}

/* Between an epilogue and its RET or tail jump the stack looks as at the start, and not as in the body. */
static void note_body(struct way *way)
{
    if (way->here.shape.esp.offset != 0)
        way->body = way->here.shape;
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
static void leave(struct way *way, const struct instruction *instruction)
{
    if (instruction->opcode == CALL_E8_OPCODE) {
        shape_move_esp(&way->here.shape, -4);
        add_pending(way, instruction->target);
    } else if (instruction->kind == INSTRUCTION_JUMP_INDIRECT) {
        note_body(way);
    }
}

/* gcc puts thunks into the function that calls them (thunk-inline): they run on its frame, with a return address pushed. */
static void call_thunk(struct way *way, const struct instruction *instruction)
{
    if (way->here.address - instruction->target > THUNK_NEAR || !thunk_at(way->memory, instruction->target))
        return;
    shape_move_esp(&way->here.shape, -4);
    add_pending(way, instruction->target);
    shape_move_esp(&way->here.shape, 4);
}

/* Goes over the instruction here. */
static void pass(struct way *way, const struct instruction *instruction)
{
    struct junction *here = &way->here;
    uint32_t at = here->address;

    here->address += instruction->length;
    way->runs[way->run_count - 1].end = here->address;
    switch (instruction->kind) {
    case INSTRUCTION_RET:
    case INSTRUCTION_JUMP_INDIRECT:
        leave(way, instruction);
        break;
    case INSTRUCTION_JUMP:
        note_body(way);
        add_pending(way, instruction->target);
        break;
    case INSTRUCTION_BRANCH:
        shape_leave_loop(&here->shape, way->memory, instruction->target, at);
        note_body(way);
        add_pending(way, instruction->target);
        break;
    case INSTRUCTION_CALL:
        call_thunk(way, instruction);
        shape_execute(&here->shape, instruction, here->address);
        if (instruction->target != here->address)
            gain(way, instruction->target);
        break;
    default:
        shape_execute(&here->shape, instruction, here->address);
    }
    if (ends_flow(instruction) || here->address < at) /* past 4 GiB */
        end_run(way);
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
        if (way->runs[i].end <= pc && is_nearer(way, start, way->runs[i].end))
            start = way->runs[i].end;
    }
    return start;
}

/* As if the function's body went on in the hole that holds pc, and again behind each jump in it. Apart: its instruction is not
   on the stack on the usual way. */
__attribute__((noinline)) static enum flow_arrival guess(struct way *way, uint32_t pc, bool at_call, struct shape *shape)
{
    uint32_t at = hole_start(way, pc);
    struct instruction instruction;
    bool behind_call = false;

    *shape = way->body;
    while (pc - at <= HOLE_LARGEST) {
        if (at == pc && (!at_call || behind_call))
            return FLOW_GUESSED;
        if (!instruction_read(way->memory, at, &instruction))
            break;
        at += instruction.length;
        behind_call = is_call(&instruction);
        shape_execute(shape, &instruction, at);
        if (ends_flow(&instruction))
            *shape = way->body;
    }
    *shape = way->body;
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
    struct way *way = &the_way;
    struct instruction instruction;
    uint32_t entry;

    *shape = shape_begin(true, true);
    if (pc == start && !at_call) /* its code need not even be there */
        return FLOW_ARRIVED;
    entry = flow_entry(memory, start);
    if (pc - start < entry + at_call)
        entry = 0;
    begin(way, memory, start + entry, UINT32_MAX, shape, STEPS_FROM_START, look_into_calls);
    while (next_instruction(way, &instruction)) {
        uint32_t next = way->here.address + instruction.length;
        bool arrived = at_call ? is_call(&instruction) && next == pc : way->here.address == pc;

        if (arrived) {
            *shape = way->here.shape;
            return FLOW_ARRIVED;
        }
        pass(way, &instruction);
    }
    return guess(way, pc, at_call, shape);
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
    struct way *way = &the_way;
    struct instruction instruction;
    bool found = false;

    *shape = shape_begin(!at_call, false);
    if (at_call && pc >= end)
        return false;
    begin(way, memory, pc, end, shape, STEPS_TO_RETURN, look_into_calls);
    if (at_call) {
        struct call call = call_before(memory, pc, 0);

        if (call.kind == CALL_DIRECT)
            gain(way, call.target);
    }
    while (next_instruction(way, &instruction)) {
        const struct shape *here = &way->here.shape;
        bool returns = instruction.kind == INSTRUCTION_RET && can_return(here) &&
                       !thunk_jumps(memory, way->here.address);

        if (returns && (!found || here->esp.sure))
            *shape = *here;
        found |= returns;
        if (returns && here->esp.sure)
            break;
        pass(way, &instruction);
    }
    return found;
}
