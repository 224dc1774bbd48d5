/*
 * Where a function keeps its return address.
 *
 * Two ways lead there. Followed from the function's start, every push and pop is counted up to pc. Followed from pc on,
 * what is still popped until RET is counted. Calls blur both: a callee may pop its arguments (ret n), which its caller's
 * code does not show. But it can only pop, so the way from the start never finds too few bytes, and the way to the return
 * never too many: when they agree, both are right. A way without a call is right by itself.
 */
#include "prologue.h"

#include "instruction.h"

/* An address as a distance from what a register held where the way began. */
enum place_base {
    PLACE_LOST,
    PLACE_ALIGNED, /* lost by an alignment of ESP */
    PLACE_ESP,
    PLACE_EBP
};

struct place {
    int32_t offset;
    uint8_t base; /* enum place_base */
    bool sure;    /* no call had a part in it */
};

/* What is known of ESP and EBP at one instruction. */
struct shape {
    struct place esp;   /* what it points to */
    struct place ebp;   /* what it points to, or if ebp_loaded: where the word is that it holds */
    struct place saved; /* where the EBP of the beginning was pushed */
    bool ebp_loaded;
    bool realigned;
};

/* An instruction that control can get to. */
struct junction {
    uint32_t address;
    struct shape shape;
};

#define PENDING 12           /* branches that wait to be followed; more are rare, and forgetting one costs no truth */
#define STEPS_FROM_START 2000
#define STEPS_TO_RETURN 400
#define HOLE_LARGEST 4096    /* bytes that nothing known jumps to */
#define LOOP_LARGEST 32      /* bytes of a loop that probes the stack */
#define PROLOGUE_LONGEST 32  /* instructions */
#define ADDRESS_ANY 0xffffffffu

/* One way through the code. Addresses are visited in ascending order, as seen from its beginning, each at most once. */
struct way {
    struct memory *memory;
    uint32_t first;
    uint32_t reach;     /* goal - first; what lies beyond it is not followed */
    bool from_start;
    bool after_call;    /* the goal counts only right behind a call */
    unsigned steps;
    struct place probe; /* the last address that was computed from ESP: where a probing loop ends */
    struct shape body;  /* at the last branch: what the function looks like between prologue and epilogue */
    struct junction pending[PENDING];
    unsigned pending_count;
};

static bool same_place(const struct place *one, const struct place *other)
{
    return one->base == other->base && one->offset == other->offset;
}

static bool known(const struct place *place)
{
    return place->base == PLACE_ESP || place->base == PLACE_EBP;
}

static struct place moved(struct place place, int32_t offset)
{
    place.offset = (int32_t)((uint32_t)place.offset + (uint32_t)offset);
    return place;
}

static const struct place place_lost = {0, PLACE_LOST, false};

static bool ebp_untouched(const struct shape *shape)
{
    return !shape->ebp_loaded && shape->ebp.base == PLACE_EBP && shape->ebp.offset == 0;
}

static void save_ebp(struct shape *shape, struct place slot)
{
    if (ebp_untouched(shape))
        shape->saved = slot;
}

static void load_ebp(struct shape *shape, struct place slot)
{
    bool restored = known(&slot) && same_place(&slot, &shape->saved);

    shape->ebp = restored ? (struct place){0, PLACE_EBP, slot.sure} : known(&slot) ? slot : place_lost;
    shape->ebp_loaded = !restored && known(&slot);
}

static void set_ebp(struct shape *shape, struct place place)
{
    shape->ebp = place;
    shape->ebp_loaded = false;
}

static void set_esp_from_ebp(struct shape *shape, int32_t offset)
{
    shape->esp = shape->ebp_loaded ? place_lost : moved(shape->ebp, offset);
}

/* gcc's realignment: lea ecx, [esp + 4]; and esp, -16; push dword [ecx - 4]; push ebp; mov ebp, esp. */
static bool copies_return_address(const struct way *way, const struct shape *shape,
                                  const struct instruction *instruction)
{
    return way->from_start && shape->esp.base == PLACE_ALIGNED && ebp_untouched(shape) && instruction->opcode == 0xff &&
           instruction->operand == OPERAND_BASE && instruction->displacement == -4;
}

static bool is_esp_memory(const struct instruction *instruction)
{
    return instruction->operand == OPERAND_BASE && instruction->rm == REGISTER_ESP;
}

/* What the instruction does to ESP and EBP, as far as it goes on behind itself. */
static void execute(const struct way *way, struct shape *shape, const struct instruction *instruction, uint32_t next)
{
    if (instruction->writes_ebp)
        set_ebp(shape, place_lost);
    switch (instruction->kind) {
    case INSTRUCTION_PUSH:
        if (copies_return_address(way, shape, instruction)) {
            shape->esp = (struct place){0, PLACE_ESP, true};
            shape->realigned = true;
            return;
        }
        shape->esp = moved(shape->esp, instruction->esp_change);
        return;
    case INSTRUCTION_POP:
    case INSTRUCTION_ADJUST_ESP:
        shape->esp = moved(shape->esp, instruction->esp_change);
        return;
    case INSTRUCTION_PUSH_EBP:
        shape->esp = moved(shape->esp, instruction->esp_change);
        save_ebp(shape, shape->esp);
        return;
    case INSTRUCTION_POP_EBP:
        load_ebp(shape, shape->esp);
        shape->esp = moved(shape->esp, instruction->esp_change);
        return;
    case INSTRUCTION_EBP_FROM_ESP:
        set_ebp(shape, shape->esp);
        return;
    case INSTRUCTION_LEA_EBP:
        set_ebp(shape, moved(shape->esp, (int32_t)instruction->immediate));
        return;
    case INSTRUCTION_ESP_FROM_EBP:
        set_esp_from_ebp(shape, (int32_t)instruction->immediate);
        return;
    case INSTRUCTION_ALIGN_ESP:
        shape->esp = (struct place){0, PLACE_ALIGNED, false};
        return;
    case INSTRUCTION_LOST_ESP:
        shape->esp = place_lost;
        return;
    case INSTRUCTION_ENTER:
        shape->esp = moved(shape->esp, -4);
        save_ebp(shape, shape->esp);
        set_ebp(shape, shape->esp);
        shape->esp = moved(shape->esp, -(int32_t)instruction->immediate);
        return;
    case INSTRUCTION_LEAVE:
        set_esp_from_ebp(shape, 0);
        load_ebp(shape, shape->esp);
        shape->esp = moved(shape->esp, 4);
        return;
    case INSTRUCTION_CALL:
        if (instruction->target == next) { /* call $ + 5; pop ebx: no call, it asks where it is */
            shape->esp = moved(shape->esp, -4);
            return;
        }
        break;
    case INSTRUCTION_CALL_INDIRECT:
    case INSTRUCTION_CALL_FAR:
        break;
    default:
        if (instruction->opcode == 0x89 && instruction->reg == REGISTER_EBP && is_esp_memory(instruction))
            save_ebp(shape, moved(shape->esp, instruction->displacement));
        if (instruction->opcode == 0x8b && instruction->reg == REGISTER_EBP && is_esp_memory(instruction))
            load_ebp(shape, moved(shape->esp, instruction->displacement));
        return;
    }
    shape->esp.sure = false;
    if (ebp_untouched(shape))
        shape->ebp.sure = false; /* behind a call that never returns is other code, for which EBP may mean something else */
}

/* By how much ESP differs after the straight code from from up to and without to. False: that cannot be told. */
static bool net_change(struct memory *memory, uint32_t from, uint32_t to, int32_t *change)
{
    struct instruction instruction;
    uint32_t at = from;

    *change = 0;
    while (at != to) {
        if (to - at > LOOP_LARGEST || !instruction_read(memory, at, &instruction))
            return false;
        switch (instruction.kind) {
        case INSTRUCTION_OTHER:
            break;
        case INSTRUCTION_PUSH:
        case INSTRUCTION_PUSH_EBP:
        case INSTRUCTION_POP:
        case INSTRUCTION_POP_EBP:
        case INSTRUCTION_ADJUST_ESP:
            *change += instruction.esp_change;
            break;
        default:
            return false;
        }
        at += instruction.length;
    }
    return true;
}

/* Remembers an address computed from ESP: lea eax, [esp - n], or mov eax, esp; sub eax, n. */
static void note_probe(struct way *way, const struct shape *shape, const struct instruction *instruction)
{
    bool from_esp = (instruction->opcode == 0x89 && instruction->reg == REGISTER_ESP) ||
                    (instruction->opcode == 0x8b && instruction->rm == REGISTER_ESP);
    bool subtracts = instruction->opcode == 0x2d || (instruction->opcode == 0x81 && instruction->reg == 5);

    if (instruction->kind != INSTRUCTION_OTHER)
        return;
    if (instruction->opcode == 0x8d && is_esp_memory(instruction))
        way->probe = moved(shape->esp, instruction->displacement);
    else if (from_esp && instruction->operand == OPERAND_REGISTER)
        way->probe = shape->esp;
    else if (subtracts && (instruction->operand == OPERAND_NONE || instruction->operand == OPERAND_REGISTER))
        way->probe = moved(way->probe, (int32_t)(0 - instruction->immediate));
}

/* A short loop that moves ESP at each turn ends with ESP at the address computed before it, or nobody knows where. */
static void leave_loop(const struct way *way, struct shape *shape, uint32_t target, uint32_t branch)
{
    int32_t change;
    int32_t rest;

    if (branch - target > LOOP_LARGEST || !net_change(way->memory, target, branch, &change) || change == 0)
        return;
    rest = way->probe.offset - shape->esp.offset;
    if (known(&shape->esp) && way->probe.base == shape->esp.base && change < 0 && rest <= 0 && rest % change == 0)
        shape->esp.offset = way->probe.offset;
    else
        shape->esp = place_lost;
}

/* Does pc stand in such a loop? */
static bool in_moving_loop(struct memory *memory, uint32_t pc)
{
    struct instruction instruction;
    uint32_t at = pc;
    int32_t change;

    while (at - pc <= LOOP_LARGEST && instruction_read(memory, at, &instruction)) {
        if (instruction.kind == INSTRUCTION_BRANCH)
            return at - instruction.target <= LOOP_LARGEST && pc - instruction.target <= LOOP_LARGEST &&
                   net_change(memory, instruction.target, at, &change) && change != 0;
        if (instruction.kind != INSTRUCTION_OTHER && instruction.kind != INSTRUCTION_ADJUST_ESP)
            return false;
        at += instruction.length;
    }
    return false;
}

static void add_junction(struct way *way, uint32_t from, uint32_t target, const struct shape *shape)
{
    uint32_t distance = target - way->first;
    struct junction *junction = &way->pending[0];

    if (distance <= from - way->first || distance > way->reach || (way->after_call && distance == way->reach))
        return;
    for (unsigned i = 0; i < way->pending_count; i++) {
        if (way->pending[i].address != target)
            continue;
        if (!way->pending[i].shape.esp.sure)
            way->pending[i].shape = *shape;
        return;
    }
    if (way->pending_count < PENDING) {
        junction = &way->pending[way->pending_count++];
    } else { /* the farthest gives way */
        for (unsigned i = 1; i < PENDING; i++) {
            if (way->pending[i].address - way->first > junction->address - way->first)
                junction = &way->pending[i];
        }
        if (distance >= junction->address - way->first)
            return;
    }
    junction->address = target;
    junction->shape = *shape;
}

/* The pending junction that comes first; forgets those before at. */
static struct junction *next_junction(struct way *way, uint32_t at)
{
    struct junction *next = 0;
    unsigned i = 0;

    while (i < way->pending_count) {
        struct junction *junction = &way->pending[i];

        if (junction->address - way->first < at - way->first) {
            *junction = way->pending[--way->pending_count];
            continue;
        }
        if (!next || junction->address - way->first < next->address - way->first)
            next = junction;
        i++;
    }
    return next;
}

/* Executes one instruction. False: control does not go on behind it. */
static bool pass(struct way *way, struct junction *here, const struct instruction *instruction)
{
    uint32_t next = here->address + instruction->length;

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
        add_junction(way, here->address, instruction->target, &here->shape);
        return false;
    case INSTRUCTION_BRANCH:
        leave_loop(way, &here->shape, instruction->target, here->address);
        way->body = here->shape;
        add_junction(way, here->address, instruction->target, &here->shape);
        break;
    default:
        note_probe(way, &here->shape, instruction);
        execute(way, &here->shape, instruction, next);
    }
    if (next - way->first <= here->address - way->first) /* once around: back where the way began */
        return false;
    here->address = next;
    return true;
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

static struct shape untouched_shape(bool sure)
{
    struct shape shape = {{0, PLACE_ESP, sure}, {0, PLACE_EBP, sure}, {0, PLACE_LOST, false}, false, false};

    return shape;
}

static bool is_call(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_CALL || instruction->kind == INSTRUCTION_CALL_INDIRECT ||
           instruction->kind == INSTRUCTION_CALL_FAR;
}

enum arrival {
    ARRIVED_NOT,
    ARRIVED_BY_GUESS, /* nothing known jumps there, so the shape is that of the function's body */
    ARRIVED
};

/* Field by field: for an initialiser compilers call memset. */
static void begin(struct way *way, struct memory *memory, uint32_t first, uint32_t reach)
{
    way->memory = memory;
    way->first = first;
    way->reach = reach;
    way->from_start = false;
    way->after_call = false;
    way->probe = place_lost;
    way->body = untouched_shape(true);
    way->pending_count = 0;
}

static enum arrival from_start(struct memory *memory, uint32_t start, uint32_t pc, bool at_call, struct shape *shape)
{
    struct junction here = {start, untouched_shape(true)};
    enum arrival arrival = ARRIVED;
    bool behind_call = false;
    struct way way;

    begin(&way, memory, start, pc - start);
    way.from_start = true;
    way.after_call = at_call;
    for (unsigned steps = 0; steps < STEPS_FROM_START && here.address - start <= way.reach; steps++) {
        struct instruction instruction;
        const struct junction *junction;

        if (meet(&way, &here))
            arrival = ARRIVED;
        *shape = here.shape;
        if (here.address == pc && (!at_call || behind_call))
            return arrival;
        if (!instruction_read(memory, here.address, &instruction))
            break;
        behind_call = is_call(&instruction);
        if (pass(&way, &here, &instruction))
            continue;
        here.address += instruction.length;
        junction = next_junction(&way, here.address);
        if (junction) {
            here = *junction;
            arrival = ARRIVED;
        } else {
            here.shape = way.body;
            here.shape.esp.sure = false;
            arrival = ARRIVED_BY_GUESS;
            if (pc - here.address > HOLE_LARGEST)
                break;
        }
    }
    *shape = way.body;
    return ARRIVED_NOT;
}

/* Do ESP and EBP look as they have to at a RET? */
static bool can_return(const struct shape *shape)
{
    if (shape->esp.base == PLACE_ESP && shape->esp.offset >= 0)
        return ebp_untouched(shape) || (shape->ebp_loaded && shape->ebp.base == PLACE_ESP && shape->ebp.offset >= 0);
    return shape->esp.base == PLACE_EBP && shape->ebp_loaded && shape->ebp.base == PLACE_EBP;
}

/* The shape at a RET that is reached from pc, without a call on the way if there is such a way. */
static bool to_return(struct memory *memory, uint32_t pc, bool at_call, struct shape *shape)
{
    struct junction here = {pc, untouched_shape(!at_call)};
    bool found = false;
    struct way way;

    begin(&way, memory, pc, ADDRESS_ANY);
    for (unsigned steps = 0; steps < STEPS_TO_RETURN; steps++) {
        struct instruction instruction;
        const struct junction *junction;

        meet(&way, &here);
        if (instruction_read(memory, here.address, &instruction)) {
            if (instruction.kind == INSTRUCTION_RET && can_return(&here.shape) && (!found || here.shape.esp.sure)) {
                *shape = here.shape;
                found = true;
                if (here.shape.esp.sure)
                    break;
            }
            if (pass(&way, &here, &instruction))
                continue;
        }
        junction = next_junction(&way, here.address + 1);
        if (!junction)
            break;
        here = *junction;
    }
    return found;
}

static struct frame_state unknown_state(void)
{
    struct frame_state state = {FRAME_BASE_UNKNOWN, false, false, false, 0, 0};

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
    if (ebp_is_frame(shape) && (same_place(&shape->ebp, &shape->saved) || shape->esp.base != PLACE_ESP)) {
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
        state.ebp_saved = !ebp_untouched(shape);
        if (state.ebp_saved && shape->saved.base == PLACE_ESP)
            state.ebp_offset = distance(&shape->esp, &shape->saved);
        else if (state.ebp_saved)
            state.ebp_saved = state.exact = false; /* lost for good */
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
static bool agree(const struct frame_state *from_start_state, const struct frame_state *at_return)
{
    if (from_start_state->base == FRAME_BASE_EBP && at_return->base == FRAME_BASE_ESP)
        return at_return->ebp_saved; /* EBP is still to be restored */
    return from_start_state->base == at_return->base && from_start_state->ebp_saved == at_return->ebp_saved &&
           from_start_state->return_offset == at_return->return_offset &&
           from_start_state->ebp_offset == at_return->ebp_offset;
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

struct frame_state prologue_state(struct memory *memory, uint32_t start, uint32_t pc, bool at_call)
{
    enum arrival arrival = ARRIVED_NOT;
    struct frame_state counted = unknown_state();
    struct frame_state left = unknown_state();
    struct shape shape;

    if (start != 0) {
        arrival = from_start(memory, start, pc, at_call, &shape);
        counted = state_from_start(&shape);
        if (arrival == ARRIVED_NOT && prologue_has_frame(memory, start)) {
            counted.base = FRAME_BASE_EBP;
            counted.return_offset = 4;
            counted.ebp_offset = 0;
            counted.ebp_saved = false;
        }
    }
    if (counted.base == FRAME_BASE_ESP && in_moving_loop(memory, pc))
        counted.base = FRAME_BASE_LOST;
    if (arrival == ARRIVED && counted.exact)
        return counted;
    counted.exact = false;
    if (!to_return(memory, pc, at_call, &shape))
        return counted.base == FRAME_BASE_UNKNOWN ? state_by_pattern(memory, pc) : counted;
    left = state_at_return(&shape);
    if (agree(&counted, &left)) {
        counted.exact = true;
        return counted;
    }
    return left.exact || counted.base == FRAME_BASE_UNKNOWN || counted.base == FRAME_BASE_LOST ? left : counted;
}

bool prologue_has_frame(struct memory *memory, uint32_t start)
{
    struct instruction instruction;
    bool saved = false;
    uint32_t at = start;

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
        case INSTRUCTION_CALL: /* as the first instruction: call __fentry__ */
            if (at != start)
                return false;
            break;
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
           is_esp_memory(&instruction) && instruction.displacement == 0 &&
           instruction_read(memory, address + instruction.length, &instruction) &&
           instruction.kind == INSTRUCTION_RET;
}

static bool saves_register(const struct instruction *instruction)
{
    return instruction->opcode == 0x53 || instruction->opcode == 0x56 || instruction->opcode == 0x57; /* ebx, esi, edi */
}

#define PAGE_PROBED 0x1000 /* what one sub esp takes before it touches the stack, when the compiler probes it */

/*
 * Takes one instruction of the prologue into account. False: the prologue ends before it. arguments: bytes pushed that
 * may be a call's arguments; they are the prologue's own if locals follow.
 */
static bool read_one(struct way *way, struct prologue *prologue, struct junction *here, uint32_t *arguments,
                     const struct instruction *instruction)
{
    uint32_t before = (uint32_t)here->shape.esp.offset;
    uint32_t next = here->address + instruction->length;

    switch (instruction->kind) {
    case INSTRUCTION_OTHER:
        break;
    case INSTRUCTION_EBP_FROM_ESP:
        prologue->framed = here->shape.saved.base == PLACE_ESP;
        break;
    case INSTRUCTION_ENTER:
        prologue->framed = true;
        prologue->locals += instruction->immediate;
        break;
    case INSTRUCTION_PUSH_EBP:
        break;
    case INSTRUCTION_PUSH:
        if (saves_register(instruction) || here->shape.esp.base == PLACE_ALIGNED)
            prologue->pushes += (uint32_t)-instruction->esp_change;
        else
            *arguments += (uint32_t)-instruction->esp_change;
        break;
    case INSTRUCTION_ADJUST_ESP:
        if (instruction->esp_change > 0 || prologue->locals % PAGE_PROBED != 0)
            return false;
        prologue->locals += (uint32_t)-instruction->esp_change;
        prologue->pushes += *arguments;
        *arguments = 0;
        break;
    case INSTRUCTION_ALIGN_ESP:
        prologue->aligned = true;
        prologue->alignment = 0 - instruction->immediate;
        break;
    case INSTRUCTION_BRANCH:
        if (instruction->target >= here->address)
            return false;
        leave_loop(way, &here->shape, instruction->target, here->address);
        if (!known(&here->shape.esp))
            return false;
        prologue->locals += before - (uint32_t)here->shape.esp.offset;
        break;
    case INSTRUCTION_CALL:
        if (!is_pc_thunk(way->memory, instruction->target))
            return false;
        break;
    default:
        return false;
    }
    note_probe(way, &here->shape, instruction);
    if (instruction->kind != INSTRUCTION_BRANCH)
        execute(way, &here->shape, instruction, next);
    here->address = next;
    return true;
}

/* sub esp, register; mov esp, register. */
static bool moves_esp_by_register(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_LOST_ESP && (instruction->opcode == 0x29 || instruction->opcode == 0x2b ||
                                                         instruction->opcode == 0x89 || instruction->opcode == 0x8b);
}

struct prologue prologue_read(struct memory *memory, uint32_t start, uint32_t end)
{
    struct prologue prologue = {false, false, 0, 0, false, 0, false};
    struct junction here = {start, untouched_shape(true)};
    struct instruction instruction;
    uint32_t arguments = 0;
    uint32_t at = start;
    struct way way;

    begin(&way, memory, start, 0);
    way.from_start = true;
    for (unsigned i = 0; i < PROLOGUE_LONGEST; i++) {
        if (!instruction_read(memory, here.address, &instruction) ||
            !read_one(&way, &prologue, &here, &arguments, &instruction))
            break;
        prologue.readable = true;
    }
    if (!prologue.framed && here.shape.saved.base == PLACE_ESP)
        prologue.pushes += 4; /* EBP is a saved register like any other */
    for (unsigned i = 0; i < STEPS_FROM_START && at < end && instruction_read(memory, at, &instruction); i++) {
        if (moves_esp_by_register(&instruction))
            prologue.dynamic = true;
        at += instruction.length;
    }
    return prologue;
}
