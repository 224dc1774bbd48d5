/*
 * Where a function keeps its return address.
 *
 * Two ways lead there. Followed from the function's start, every push and pop is counted up to pc. Followed from pc on,
 * what is still popped until RET is counted. Calls blur both: a callee may pop its arguments (ret n), which its
 * caller's code does not show. But it can only pop, so the way from the start never finds too few bytes, and the way to
 * the return never too many: when they agree, both are right. A way without a call is right by itself.
 */
#include "prologue.h"

#include "flow.h"

#define PROLOGUE_LONGEST 32 /* instructions */
#define BODY_LONGEST 4000

static struct frame_state unknown_state(void)
{
    struct frame_state state = {FRAME_BASE_UNKNOWN, false, false, false, false, 0, 0};

    return state;
}

static uint32_t distance(const struct place *from, const struct place *to)
{
    return (uint32_t)to->offset - (uint32_t)from->offset;
}

/* EBP is a frame pointer: it points to where the caller's EBP was saved, or at least to a known distance from it. */
static bool ebp_is_frame(const struct shape *shape)
{
    return !shape->ebp_loaded && shape->ebp.base == PLACE_ESP && shape->saved.base == PLACE_ESP;
}

/* At the function's start ESP points to the return address. */
static struct frame_state state_from_start(const struct shape *shape)
{
    static const struct place return_address = {0, PLACE_ESP, true};
    struct frame_state state = unknown_state();

    state.realigned = shape->realigned;
    if (ebp_is_frame(shape) && (place_same(&shape->ebp, &shape->saved) || shape->esp.base != PLACE_ESP)) {
        state.base = FRAME_BASE_EBP;
        state.exact = shape->ebp.sure;
        state.return_offset = distance(&shape->ebp, &return_address);
        state.ebp_offset = distance(&shape->ebp, &shape->saved);
    } else if (shape->esp.base != PLACE_ESP) {
        state.base = FRAME_BASE_LOST;
    } else {
        state.base = FRAME_BASE_ESP;
        state.exact = shape->esp.sure;
        state.return_offset = distance(&shape->esp, &return_address);
        state.ebp_saved = !shape_ebp_untouched(shape) && shape->saved.base == PLACE_ESP;
        state.ebp_pushed = !state.ebp_saved && shape->saved.base == PLACE_ESP;
        if (shape->saved.base == PLACE_ESP)
            state.ebp_offset = distance(&shape->esp, &shape->saved);
        if (!shape_ebp_untouched(shape)) /* and not saved: lost for good */
            state.exact = shape->esp.sure && state.ebp_saved && shape->saved.sure;
    }
    return state;
}

/* At the RET, ESP points to the return address and EBP holds the caller's. */
static struct frame_state state_at_return(const struct shape *shape)
{
    struct frame_state state = unknown_state();

    state.base = shape->esp.base == PLACE_EBP ? FRAME_BASE_EBP : FRAME_BASE_ESP;
    state.exact = shape->esp.sure;
    state.return_offset = (uint32_t)shape->esp.offset;
    state.ebp_saved = state.base == FRAME_BASE_ESP && shape->ebp_loaded;
    state.ebp_offset = shape->ebp_loaded ? (uint32_t)shape->ebp.offset : 0;
    return state;
}

/* Does what was counted from the start fit what is left until the return? */
static bool agree(const struct frame_state *counted, const struct frame_state *left)
{
    if (counted->base == FRAME_BASE_EBP && left->base == FRAME_BASE_ESP)
        return left->ebp_saved; /* EBP is still to be restored */
    if (counted->base != left->base || counted->return_offset != left->return_offset)
        return false;
    if (counted->base == FRAME_BASE_ESP && !counted->ebp_saved)
        return true; /* EBP is the caller's, whether or not it will be read back */
    return counted->ebp_saved == left->ebp_saved && counted->ebp_offset == left->ebp_offset;
}

/* push ebp; mov ebp, esp at pc, or pc between the two. */
static struct frame_state state_by_pattern(struct memory *memory, uint32_t pc)
{
    struct frame_state state = unknown_state();
    struct instruction instruction;
    bool at_push = instruction_read(memory, pc, &instruction) && instruction.kind == INSTRUCTION_PUSH_EBP;
    uint32_t move = at_push ? pc + 1 : pc;
    bool is_prologue = instruction_read(memory, move, &instruction) && instruction.kind == INSTRUCTION_EBP_FROM_ESP &&
                       instruction_read(memory, move - 1, &instruction) && instruction.kind == INSTRUCTION_PUSH_EBP;

    if (is_prologue) {
        state.base = FRAME_BASE_ESP;
        state.return_offset = at_push ? 0 : 4;
        state.ebp_saved = !at_push;
    }
    return state;
}

/* What the way from the start says, exact if it needs no second opinion. */
static enum flow_arrival count(struct memory *memory, uint32_t start, uint32_t pc, bool at_call, bool look_into_calls,
                               struct frame_state *state)
{
    static struct shape shape; /* the handler's stack is small */
    struct loop loop;
    enum flow_arrival arrival = flow_from_start(memory, start, pc, at_call, look_into_calls, &shape);

    *state = state_from_start(&shape);
    if (arrival != FLOW_ARRIVED)
        state->exact = false;
    if (arrival == FLOW_LOST && prologue_has_frame(memory, start)) {
        *state = unknown_state();
        state->base = FRAME_BASE_EBP;
        state->return_offset = 4;
    }
    if (state->base == FRAME_BASE_ESP && !at_call && shape_loop_around(memory, pc, &loop))
        state->base = FRAME_BASE_LOST;
    return arrival;
}

static struct frame_state go_both_ways(struct memory *memory, uint32_t start, uint32_t end, uint32_t pc, bool at_call,
                                       bool look_into_calls)
{
    static struct frame_state counted, left; /* the handler's stack is small */
    enum flow_arrival arrival = FLOW_LOST;
    bool counted_tells;
    static struct shape shape;

    counted = unknown_state();
    if (start != 0)
        arrival = count(memory, start, pc, at_call, look_into_calls, &counted);
    if (counted.exact)
        return counted;
    if (!flow_to_return(memory, end, pc, at_call, look_into_calls, &shape))
        return start == 0 ? state_by_pattern(memory, pc) : counted;
    left = state_at_return(&shape);
    if (left.exact && counted.base != FRAME_BASE_EBP)
        return left;
    /* Where EBP is the frame, calls do not matter. */
    if (agree(&counted, &left)) {
        counted.exact = arrival == FLOW_ARRIVED || counted.base == FRAME_BASE_EBP;
        return counted;
    }
    /* Of what never got to pc only the kind of frame is worth something. */
    counted_tells = counted.base == FRAME_BASE_EBP || (counted.base == FRAME_BASE_ESP && arrival == FLOW_ARRIVED);
    return left.exact || !counted_tells ? left : counted;
}

struct frame_state prologue_state(struct memory *memory, uint32_t start, uint32_t end, uint32_t pc, bool at_call)
{
    struct frame_state state = go_both_ways(memory, start, end, pc, at_call, false);

    return state.exact ? state : go_both_ways(memory, start, end, pc, at_call, true);
}

bool prologue_has_frame(struct memory *memory, uint32_t start)
{
    struct instruction instruction;
    bool saved = false;
    uint32_t at = start + flow_entry(memory, start);

    for (unsigned i = 0; i < PROLOGUE_LONGEST; i++) {
        if (!instruction_read(memory, at, &instruction))
            return true;
        switch (instruction.kind) {
        case INSTRUCTION_ENTER:
            return true;
        case INSTRUCTION_PUSH_EBP:
            saved = true;
            break;
        case INSTRUCTION_EBP_FROM_ESP:
            return saved;
        case INSTRUCTION_LEA_EBP:
            return saved && instruction.immediate == 0;
        case INSTRUCTION_OTHER:
        case INSTRUCTION_PUSH:
        case INSTRUCTION_ADJUST_ESP:
        case INSTRUCTION_ALIGN_ESP:
        case INSTRUCTION_BRANCH:
            if (instruction.writes_ebp)
                return false;
            break;
        default:
            return false;
        }
        at += instruction.length;
    }
    return false;
}

/* mov ebx, [esp]; ret: what position-independent code calls to learn where it is. */
static bool is_pc_thunk(struct memory *memory, uint32_t address)
{
    struct instruction instruction;

    return instruction_read(memory, address, &instruction) && instruction.opcode == 0x8b &&
           instruction.operand == OPERAND_BASE && instruction.rm == REGISTER_ESP && instruction.displacement == 0 &&
           instruction_read(memory, address + instruction.length, &instruction) && instruction.kind == INSTRUCTION_RET;
}

/* What a prologue has pushed so far. */
struct pushed {
    uint32_t arguments; /* bytes that may be a call's arguments; they are the prologue's own if locals follow */
    uint32_t saved;     /* a bit for each register, by its number */
};

/* Is it ebx, esi or edi, and the first push of it? The second is an argument. */
static bool saves_register(struct pushed *pushed, const struct instruction *instruction)
{
    bool callee_saved = instruction->opcode == 0x53 || instruction->opcode == 0x56 || instruction->opcode == 0x57;
    uint32_t bit = 1u << instruction->reg;

    if (!callee_saved || (pushed->saved & bit))
        return false;
    pushed->saved |= bit;
    return true;
}

#define PAGE_PROBED 0x1000 /* what one sub esp takes before it touches the stack, when the compiler probes it */

/* Takes one instruction of the prologue into account. False: the prologue ends before it. */
static bool read_one(struct memory *memory, struct prologue *prologue, struct shape *shape, struct pushed *pushed,
                     uint32_t at, const struct instruction *instruction)
{
    uint32_t esp = (uint32_t)shape->esp.offset;

    switch (instruction->kind) {
    case INSTRUCTION_OTHER:
    case INSTRUCTION_PUSH_EBP:
        break;
    case INSTRUCTION_EBP_FROM_ESP:
        prologue->framed = shape->saved.base == PLACE_ESP;
        break;
    case INSTRUCTION_ENTER:
        prologue->framed = true;
        prologue->locals += instruction->immediate;
        break;
    case INSTRUCTION_PUSH:
        if (saves_register(pushed, instruction) || shape->esp.base == PLACE_ALIGNED)
            prologue->pushes += 0 - (uint32_t)instruction->esp_change;
        else
            pushed->arguments += 0 - (uint32_t)instruction->esp_change;
        break;
    case INSTRUCTION_ADJUST_ESP:
        if (instruction->esp_change > 0 || prologue->locals % PAGE_PROBED != 0)
            return false;
        prologue->locals += 0 - (uint32_t)instruction->esp_change;
        prologue->pushes += pushed->arguments;
        pushed->arguments = 0;
        break;
    case INSTRUCTION_ALIGN_ESP:
        prologue->aligned = true;
        prologue->alignment = 0 - instruction->immediate;
        break;
    case INSTRUCTION_BRANCH:
        if (instruction->target >= at)
            return false;
        shape_leave_loop(shape, memory, instruction->target, at);
        if (!place_known(&shape->esp))
            return false;
        prologue->locals += esp - (uint32_t)shape->esp.offset;
        return true;
    case INSTRUCTION_CALL:
        if (!is_pc_thunk(memory, instruction->target))
            return false;
        break;
    default:
        return false;
    }
    shape_execute(shape, instruction, at + instruction->length);
    return true;
}

/* sub esp, register; mov esp, register. */
static bool moves_esp_by_register(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_LOST_ESP && (instruction->opcode == 0x29 || instruction->opcode == 0x2b ||
                                                         instruction->opcode == 0x89 || instruction->opcode == 0x8b);
}

static bool is_dynamic(struct memory *memory, uint32_t start, uint32_t end)
{
    struct instruction instruction;
    uint32_t at = start;

    for (unsigned i = 0; i < BODY_LONGEST && at < end && instruction_read(memory, at, &instruction); i++) {
        if (moves_esp_by_register(&instruction))
            return true;
        at += instruction.length;
    }
    return false;
}

struct prologue prologue_read(struct memory *memory, uint32_t start, uint32_t end)
{
    struct prologue prologue = {false, false, 0, 0, false, 0, is_dynamic(memory, start, end)};
    struct shape shape = shape_begin(true, true);
    struct instruction instruction;
    struct pushed pushed = {0, 0};
    uint32_t at = start + flow_entry(memory, start);

    for (unsigned i = 0; i < PROLOGUE_LONGEST && instruction_read(memory, at, &instruction); i++) {
        prologue.readable = true;
        if (!read_one(memory, &prologue, &shape, &pushed, at, &instruction))
            break;
        at += instruction.length;
    }
    if (!prologue.framed && shape.saved.base == PLACE_ESP)
        prologue.pushes += 4; /* EBP is a saved register like any other */
    return prologue;
}
