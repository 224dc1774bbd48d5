/*
 * The two ways to learn what the stack looks like at an instruction.
 *
 * Code is visited in runs: from where a branch leads to where control does not go on, or was before. What branches lead to
 * waits until it is its turn. There is room for a fixed number of both, and forgetting some costs no truth.
 */
#include "flow.h"

#include "call.h"

#define PENDING 12
#define RUNS 32
#define STEPS_FROM_START 2000 /* instructions */
#define STEPS_TO_RETURN 500
#define STEPS_OF_CALLEE 300
#define STEPS_OF_CALLEES 3000 /* of all on one way */
#define HOLE_LARGEST 2000     /* bytes that nothing leads to */

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
    uint32_t first;        /* where it begins; of what is pending the nearest above that comes next */
    unsigned steps;        /* left */
    unsigned callee_steps; /* left to look into callees */
    struct junction here;
    uint32_t stop;         /* the current run ends here at the latest */
    struct shape body;     /* at the last branch: what the function looks like between prologue and epilogue */
    struct run runs[RUNS];
    unsigned run_count;
    struct junction pending[PENDING];
    unsigned pending_count;
};

static bool visited(const struct way *way, uint32_t address)
{
    for (unsigned i = 0; i < way->run_count; i++) {
        if (address - way->runs[i].start < way->runs[i].end - way->runs[i].start)
            return true;
    }
    return false;
}

/* Starts a run here, which is not visited. */
static void start_run(struct way *way)
{
    uint32_t here = way->here.address;

    way->stop = UINT32_MAX;
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

static void begin(struct way *way, struct memory *memory, uint32_t first, const struct shape *shape, unsigned steps,
                  bool look_into_calls)
{
    way->memory = memory;
    way->first = first;
    way->steps = steps;
    way->callee_steps = look_into_calls ? STEPS_OF_CALLEES : 0;
    way->here.address = first;
    way->here.shape = *shape;
    way->body = *shape;
    way->run_count = 0;
    way->pending_count = 0;
    start_run(way);
}

static bool is_nearer(const struct way *way, uint32_t one, uint32_t other)
{
    return one - way->first < other - way->first;
}

static struct junction *farthest(struct way *way)
{
    struct junction *junction = &way->pending[0];

    for (unsigned i = 1; i < way->pending_count; i++) {
        if (is_nearer(way, junction->address, way->pending[i].address))
            junction = &way->pending[i];
    }
    return junction;
}

static struct junction *nearest(struct way *way)
{
    struct junction *junction = &way->pending[0];

    for (unsigned i = 1; i < way->pending_count; i++) {
        if (is_nearer(way, way->pending[i].address, junction->address))
            junction = &way->pending[i];
    }
    return junction;
}

static struct junction *find_pending(struct way *way, uint32_t address)
{
    for (unsigned i = 0; i < way->pending_count; i++) {
        if (way->pending[i].address == address)
            return &way->pending[i];
    }
    return 0;
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
static void add(struct way *way, uint32_t target)
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
        junction = farthest(way);
        if (is_nearer(way, junction->address, target))
            return;
    }
    junction->address = target;
    junction->shape = way->here.shape;
}

/* Goes to what is pending. False: there is nothing, or no room to remember another run. */
static bool turn(struct way *way)
{
    while (way->pending_count > 0 && way->run_count < RUNS) {
        struct junction *junction = nearest(way);

        way->here = *junction;
        remove_pending(way, junction);
        if (visited(way, way->here.address))
            continue;
        start_run(way);
        return true;
    }
    return false;
}

/* The next instruction to visit, here. False: there is none. */
static bool look(struct way *way, struct instruction *instruction)
{
    struct junction *junction = find_pending(way, way->here.address);

    if (junction && way->here.address < way->stop) {
        prefer_sure(&way->here.shape, &junction->shape);
        remove_pending(way, junction);
    }
    while (way->here.address >= way->stop || !instruction_read(way->memory, way->here.address, instruction)) {
        if (!turn(way))
            return false;
    }
    return way->steps > 0 && way->steps--;
}

/* A callee pops what its `ret n` says. Looks for that where its code leads if it takes no branch. */
static void gain(struct way *way, uint32_t callee)
{
    struct instruction instruction;
    uint32_t at = callee;

    for (unsigned steps = 0; steps < STEPS_OF_CALLEE && way->callee_steps > 0; steps++) {
        way->callee_steps--;
        if (!instruction_read(way->memory, at, &instruction))
            return;
        switch (instruction.kind) {
        case INSTRUCTION_RET:
            shape_move_esp(&way->here.shape, (int32_t)instruction.immediate);
            return;
        case INSTRUCTION_JUMP:
            at = instruction.target;
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

/* Goes over the instruction here. */
static void pass(struct way *way, const struct instruction *instruction)
{
    struct junction *here = &way->here;
    uint32_t at = here->address;

    here->address += instruction->length;
    way->runs[way->run_count - 1].end = here->address;
    switch (instruction->kind) {
    case INSTRUCTION_RET:
    case INSTRUCTION_RET_FAR:
    case INSTRUCTION_IRET:
    case INSTRUCTION_STOP:
        end_run(way);
        break;
    case INSTRUCTION_JUMP_INDIRECT:
        note_body(way);
        end_run(way);
        break;
    case INSTRUCTION_JUMP:
        note_body(way);
        add(way, instruction->target);
        end_run(way);
        break;
    case INSTRUCTION_BRANCH:
        shape_leave_loop(&here->shape, way->memory, instruction->target, at);
        note_body(way);
        add(way, instruction->target);
        break;
    case INSTRUCTION_CALL:
        shape_execute(&here->shape, instruction, here->address);
        if (instruction->target != here->address)
            gain(way, instruction->target);
        break;
    default:
        shape_execute(&here->shape, instruction, here->address);
    }
    if (here->address < at) /* past 4 GiB */
        end_run(way);
}

static bool is_call(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_CALL || instruction->kind == INSTRUCTION_CALL_INDIRECT ||
           instruction->kind == INSTRUCTION_CALL_FAR;
}

/* Where the code that was visited before pc ends. */
static uint32_t hole_start(const struct way *way, uint32_t pc)
{
    uint32_t start = way->first;

    for (unsigned i = 0; i < way->run_count; i++) {
        if (way->runs[i].end <= pc && is_nearer(way, start, way->runs[i].end))
            start = way->runs[i].end;
    }
    return start;
}

/* As if the function's body went on in the hole that holds pc. */
static enum flow_arrival guess(struct way *way, uint32_t pc, bool at_call, struct shape *shape)
{
    struct instruction instruction;
    bool behind_call = false;
    uint32_t at = hole_start(way, pc);

    *shape = way->body;
    shape->esp.sure = false;
    while (pc - at <= HOLE_LARGEST) {
        if (at == pc && (!at_call || behind_call))
            return FLOW_GUESSED;
        if (!instruction_read(way->memory, at, &instruction))
            break;
        at += instruction.length;
        behind_call = is_call(&instruction);
        shape_execute(shape, &instruction, at);
    }
    *shape = way->body;
    return FLOW_LOST;
}

enum flow_arrival flow_from_start(struct memory *memory, uint32_t start, uint32_t pc, bool at_call, bool look_into_calls,
                                  struct shape *shape)
{
    struct instruction instruction;
    struct way way;

    *shape = shape_begin(true, true);
    begin(&way, memory, start, shape, STEPS_FROM_START, look_into_calls);
    while (look(&way, &instruction)) {
        bool calls = at_call && is_call(&instruction);

        if (way.here.address == pc && !at_call) {
            *shape = way.here.shape;
            return FLOW_ARRIVED;
        }
        if (calls && way.here.address + instruction.length == pc) {
            *shape = way.here.shape;
            return FLOW_ARRIVED;
        }
        pass(&way, &instruction);
    }
    return guess(&way, pc, at_call, shape);
}

/* Do ESP and EBP look as they have to at a RET? */
static bool can_return(const struct shape *shape)
{
    if (shape->esp.base == PLACE_ESP && shape->esp.offset >= 0)
        return shape_ebp_untouched(shape) ||
               (shape->ebp_loaded && shape->ebp.base == PLACE_ESP && shape->ebp.offset >= 0);
    return shape->esp.base == PLACE_EBP && shape->ebp_loaded && shape->ebp.base == PLACE_EBP;
}

bool flow_to_return(struct memory *memory, uint32_t pc, bool at_call, bool look_into_calls, struct shape *shape)
{
    struct instruction instruction;
    bool found = false;
    struct way way;

    *shape = shape_begin(!at_call, false);
    begin(&way, memory, pc, shape, STEPS_TO_RETURN, look_into_calls);
    if (at_call)
        gain(&way, call_before(memory, pc, 0).target);
    while (look(&way, &instruction)) {
        const struct shape *here = &way.here.shape;
        bool returns = instruction.kind == INSTRUCTION_RET && can_return(here);

        if (returns && (!found || here->esp.sure))
            *shape = *here;
        found |= returns;
        if (returns && here->esp.sure)
            break;
        pass(&way, &instruction);
    }
    return found;
}
