/*
 * The two ways to learn what the stack looks like at an instruction.
 *
 * Instructions are visited in ascending order, as seen from where the way begins, each at most once: what branches and
 * jumps lead to waits until it is its turn. So memory and time are bounded. Forgetting a branch costs no truth.
 */
#include "flow.h"

#include "call.h"

#define PENDING 12
#define STEPS_FROM_START 2000 /* instructions */
#define STEPS_TO_RETURN 400
#define STEPS_OF_CALLEE 300
#define STEPS_OF_CALLEES 3000   /* all that one way may spend */
#define HOLE_LARGEST 4096     /* bytes that nothing leads to */

/* An instruction that control can get to. */
struct junction {
    uint32_t address;
    struct shape shape;
};

struct way {
    struct memory *memory;
    uint32_t first; /* where it begins; all distances are from here */
    uint32_t reach; /* the distance that is not gone beyond */
    struct shape body; /* at the last branch: what the function looks like between prologue and epilogue */
    struct junction pending[PENDING];
    unsigned pending_count;
    unsigned callee_steps; /* left to learn what direct callees pop */
};

static void begin(struct way *way, struct memory *memory, uint32_t first, uint32_t reach, bool look_into_calls)
{
    way->memory = memory;
    way->first = first;
    way->reach = reach;
    way->pending_count = 0;
    way->callee_steps = look_into_calls ? STEPS_OF_CALLEES : 0;
}

static uint32_t distance(const struct way *way, uint32_t address)
{
    return address - way->first;
}

static struct junction *farthest(struct way *way)
{
    struct junction *junction = &way->pending[0];

    for (unsigned i = 1; i < way->pending_count; i++) {
        if (distance(way, way->pending[i].address) > distance(way, junction->address))
            junction = &way->pending[i];
    }
    return junction;
}

/* Remembers that a branch or jump at from leads to target. */
static void add(struct way *way, uint32_t from, uint32_t target, const struct shape *shape)
{
    struct junction *junction;

    if (distance(way, target) <= distance(way, from) || distance(way, target) > way->reach)
        return;
    for (unsigned i = 0; i < way->pending_count; i++) {
        junction = &way->pending[i];
        if (junction->address == target) {
            if (!junction->shape.esp.sure)
                junction->shape = *shape;
            return;
        }
    }
    if (way->pending_count < PENDING) {
        junction = &way->pending[way->pending_count++];
    } else {
        junction = farthest(way);
        if (distance(way, target) >= distance(way, junction->address))
            return;
    }
    junction->address = target;
    junction->shape = *shape;
}

/* The next junction at or behind address; forgets those before it. */
static const struct junction *next_junction(struct way *way, uint32_t address)
{
    const struct junction *next = 0;
    unsigned i = 0;

    while (i < way->pending_count) {
        struct junction *junction = &way->pending[i];

        if (distance(way, junction->address) < distance(way, address)) {
            *junction = way->pending[--way->pending_count];
            continue;
        }
        if (!next || distance(way, junction->address) < distance(way, next->address))
            next = junction;
        i++;
    }
    return next;
}

/* Where two ways meet, the one without a call knows better. */
static bool meet(struct way *way, struct junction *here)
{
    const struct junction *junction = next_junction(way, here->address);

    if (!junction || junction->address != here->address)
        return false;
    if (!here->shape.esp.sure)
        here->shape = junction->shape;
    return true;
}

/* A callee pops what its `ret n` says. Looks for that where its code leads if it takes no branch. */
static void gain(struct way *way, struct shape *shape, uint32_t callee)
{
    struct instruction instruction;
    uint32_t at = callee;

    for (unsigned steps = 0; steps < STEPS_OF_CALLEE && way->callee_steps > 0; steps++) {
        way->callee_steps--;
        if (!instruction_read(way->memory, at, &instruction))
            return;
        switch (instruction.kind) {
        case INSTRUCTION_RET:
            shape_move_esp(shape, (int32_t)instruction.immediate);
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

/* Goes over one instruction. False: control does not go on behind it. */
static bool pass(struct way *way, struct junction *here, const struct instruction *instruction)
{
    uint32_t at = here->address;

    here->address += instruction->length;
    switch (instruction->kind) {
    case INSTRUCTION_RET:
    case INSTRUCTION_RET_FAR:
    case INSTRUCTION_IRET:
    case INSTRUCTION_STOP:
        return false;
    case INSTRUCTION_JUMP_INDIRECT:
        way->body = here->shape;
        return false;
    case INSTRUCTION_JUMP:
        way->body = here->shape;
        add(way, at, instruction->target, &here->shape);
        return false;
    case INSTRUCTION_BRANCH:
        shape_leave_loop(&here->shape, way->memory, instruction->target, at);
        way->body = here->shape;
        add(way, at, instruction->target, &here->shape);
        break;
    case INSTRUCTION_CALL:
        shape_execute(&here->shape, instruction, here->address);
        if (instruction->target != here->address && distance(way, here->address) <= way->reach)
            gain(way, &here->shape, instruction->target);
        break;
    default:
        shape_execute(&here->shape, instruction, here->address);
    }
    return distance(way, here->address) > distance(way, at); /* else back where the way began */
}

static bool is_call(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_CALL || instruction->kind == INSTRUCTION_CALL_INDIRECT ||
           instruction->kind == INSTRUCTION_CALL_FAR;
}

enum flow_arrival flow_from_start(struct memory *memory, uint32_t start, uint32_t pc, bool at_call, bool look_into_calls,
                                  struct shape *shape)
{
    struct junction here = {start, shape_begin(true, true)};
    enum flow_arrival arrival = FLOW_ARRIVED;
    bool behind_call = false;
    struct way way;

    begin(&way, memory, start, at_call ? pc - start - 1 : pc - start, look_into_calls);
    way.body = here.shape;
    for (unsigned steps = 0; steps < STEPS_FROM_START && here.address - start <= pc - start; steps++) {
        struct instruction instruction;
        const struct junction *next;

        if (meet(&way, &here))
            arrival = FLOW_ARRIVED;
        if (here.address == pc && (!at_call || behind_call)) {
            *shape = here.shape;
            return arrival;
        }
        if (!instruction_read(memory, here.address, &instruction))
            break;
        behind_call = is_call(&instruction);
        if (pass(&way, &here, &instruction))
            continue;
        next = next_junction(&way, here.address);
        if (next) {
            here = *next;
            arrival = FLOW_ARRIVED;
        } else if (pc - here.address <= HOLE_LARGEST) {
            here.shape = way.body;
            here.shape.esp.sure = false;
            arrival = FLOW_GUESSED;
        } else {
            break;
        }
    }
    *shape = way.body;
    return FLOW_LOST;
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
    struct junction here = {pc, shape_begin(!at_call, false)};
    bool found = false;
    struct way way;

    *shape = here.shape;
    begin(&way, memory, pc, UINT32_MAX, look_into_calls);
    if (at_call)
        gain(&way, &here.shape, call_before(memory, pc, 0).target);
    for (unsigned steps = 0; steps < STEPS_TO_RETURN; steps++) {
        struct instruction instruction;
        const struct junction *next;

        meet(&way, &here);
        if (instruction_read(memory, here.address, &instruction)) {
            bool returns = instruction.kind == INSTRUCTION_RET && can_return(&here.shape);

            if (returns && (!found || here.shape.esp.sure))
                *shape = here.shape;
            found |= returns;
            if (returns && here.shape.esp.sure)
                break;
            if (pass(&way, &here, &instruction))
                continue;
        } else {
            here.address++;
        }
        next = next_junction(&way, here.address);
        if (!next)
            break;
        here = *next;
    }
    return found;
}
