/* What code does to ESP and EBP. */
#include "shape.h"

#include "kept_esp.h"

#define LOOP_LARGEST 32 /* bytes of a loop that probes the stack */

static const struct place place_lost = {0, PLACE_LOST, false};

static struct place moved(struct place place, int32_t offset)
{
    place.offset = (int32_t)((uint32_t)place.offset + (uint32_t)offset);
    return place;
}

static void set_ebp(struct shape *shape, struct place place)
{
    shape->ebp = place;
    shape->ebp_loaded = false;
}

/* The first word that holds EBP is the one it is restored from. gcc -Os pushes EBP also to fill space. */
static void save_ebp(struct shape *shape, struct place slot)
{
    bool is_saved = shape->saved.base == slot.base && shape->saved.offset > slot.offset;

    if (shape_ebp_untouched(shape) && !is_saved)
        shape->saved = slot;
}

static void load_ebp(struct shape *shape, struct place slot)
{
    if (!place_known(&slot)) {
        set_ebp(shape, place_lost);
    } else if (place_same(&slot, &shape->saved)) {
        set_ebp(shape, (struct place){0, PLACE_EBP, slot.sure});
    } else {
        shape->ebp = slot;
        shape->ebp_loaded = true;
    }
}

void shape_move_esp(struct shape *shape, int32_t change)
{
    shape->esp = moved(shape->esp, change);
    if (shape->saved.base == shape->esp.base && shape->saved.offset < shape->esp.offset)
        shape->saved = place_lost; /* it is no longer on the stack */
}

static void push_ebp(struct shape *shape)
{
    shape_move_esp(shape, -4);
    save_ebp(shape, shape->esp);
}

static void pop_ebp(struct shape *shape)
{
    load_ebp(shape, shape->esp);
    shape_move_esp(shape, 4);
}

static void set_esp_from_ebp(struct shape *shape, int32_t offset)
{
    shape->esp = shape->ebp_loaded ? place_lost : moved(shape->ebp, offset);
}

static bool is_esp_memory(const struct instruction *instruction)
{
    return instruction->operand == OPERAND_BASE && instruction->rm == REGISTER_ESP;
}

/* gcc's realignment: lea ecx, [esp + 4]; and esp, -16; push dword [ecx - 4]; push ebp; mov ebp, esp. */
static bool copies_return_address(const struct shape *shape, const struct instruction *instruction)
{
    return shape->at_start && shape->esp.base == PLACE_ALIGNED && shape_ebp_untouched(shape) &&
           instruction->opcode == 0xff && instruction->operand == OPERAND_BASE && instruction->displacement == -4;
}

/* Behind a call ESP may be higher than it seems; and when the call never returns, other code follows, for which EBP may
   mean something else. */
static void cross_call(struct shape *shape)
{
    shape->esp.sure = false;
    if (shape_ebp_untouched(shape))
        shape->ebp.sure = false;
}

/* or dword [esp], 0; mov dword [esp], 0; test [esp], eax; cmp esp, eax: what a loop that probes the stack does. */
static bool probes(const struct instruction *instruction)
{
    switch (instruction->opcode) {
    case 0x39:
    case 0x3b:
        return true;
    case 0x80:
    case 0x81:
    case 0x83:
    case 0x85:
    case 0x89:
    case 0xc6:
    case 0xc7:
        return is_esp_memory(instruction);
    default:
        return false;
    }
}

static void set_probe(struct shape *shape, struct place place, uint8_t number)
{
    shape->probe = place;
    shape->probe_register = number;
}

/* lea eax, [esp - n]; or mov eax, esp and sub eax, n. The loop follows: the register holds it as long as nothing else
   is done. */
static void note_probe(struct shape *shape, const struct instruction *instruction)
{
    bool in_register = instruction->operand == OPERAND_REGISTER;
    bool to_rm = instruction->opcode == 0x89 && in_register && instruction->reg == REGISTER_ESP;
    bool to_reg = instruction->opcode == 0x8b && in_register && instruction->rm == REGISTER_ESP;
    bool from_eax = instruction->opcode == 0x2d;
    bool from_rm = instruction->opcode == 0x81 && in_register && instruction->reg == 5;

    if (instruction->opcode == 0x8d && is_esp_memory(instruction))
        set_probe(shape, moved(shape->esp, instruction->displacement), instruction->reg);
    else if (to_rm || to_reg)
        set_probe(shape, shape->esp, to_rm ? instruction->rm : instruction->reg);
    else if ((from_eax && shape->probe_register == REGISTER_EAX) ||
             (from_rm && shape->probe_register == instruction->rm))
        shape->probe = moved(shape->probe, (int32_t)(0 - instruction->immediate));
    else if (!probes(instruction))
        shape->probe = place_lost;
}

/* Those that leave ESP where it is. */
static void execute_other(struct shape *shape, const struct instruction *instruction)
{
    bool is_ebp = instruction->reg == REGISTER_EBP;

    note_probe(shape, instruction);
    if (instruction->opcode == 0x89 && is_ebp && is_esp_memory(instruction))
        save_ebp(shape, moved(shape->esp, instruction->displacement));
    else if (instruction->opcode == 0x8b && is_ebp && is_esp_memory(instruction))
        load_ebp(shape, moved(shape->esp, instruction->displacement));
    else if (instruction->writes_ebp)
        set_ebp(shape, place_lost);
}

struct shape shape_begin(bool sure, bool at_start)
{
    struct shape shape;

    shape.esp = (struct place){0, PLACE_ESP, sure};
    shape.ebp = (struct place){0, PLACE_EBP, sure};
    shape.saved = place_lost;
    shape.probe = place_lost;
    shape.probe_register = 0;
    kept_begin(&shape.kept);
    shape.ebp_loaded = false;
    shape.at_start = at_start;
    shape.realigned = false;
    return shape;
}

void shape_execute(struct shape *shape, const struct instruction *instruction, uint32_t next)
{
    kept_note(&shape->kept, instruction, &shape->esp);
    switch (instruction->kind) {
    case INSTRUCTION_OTHER:
        execute_other(shape, instruction);
        return;
    case INSTRUCTION_PUSH:
        if (copies_return_address(shape, instruction)) {
            shape->esp = (struct place){0, PLACE_ESP, true};
            shape->realigned = true;
            return;
        }
        shape_move_esp(shape, instruction->esp_change);
        return;
    case INSTRUCTION_POP:
    case INSTRUCTION_ADJUST_ESP:
        shape_move_esp(shape, instruction->esp_change);
        break;
    case INSTRUCTION_PUSH_EBP:
        push_ebp(shape);
        return;
    case INSTRUCTION_POP_EBP:
        pop_ebp(shape);
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
        shape->esp = kept_place(&shape->kept, instruction);
        break;
    case INSTRUCTION_ENTER:
        push_ebp(shape);
        set_ebp(shape, shape->esp);
        shape_move_esp(shape, -(int32_t)instruction->immediate);
        return;
    case INSTRUCTION_LEAVE:
        set_esp_from_ebp(shape, 0);
        pop_ebp(shape);
        return;
    case INSTRUCTION_CALL:
        if (instruction->target == next) /* call $ + 5; pop ebx: no call, it asks where it is */
            shape_move_esp(shape, -4);
        else
            cross_call(shape);
        return;
    case INSTRUCTION_CALL_INDIRECT:
    case INSTRUCTION_CALL_FAR:
        cross_call(shape);
        return;
    default:
        break;
    }
    if (instruction->writes_ebp)
        set_ebp(shape, place_lost);
}

/* With another register. */
static bool compares_esp(const struct instruction *instruction)
{
    return (instruction->opcode == 0x39 || instruction->opcode == 0x3b) && instruction->operand == OPERAND_REGISTER &&
           (instruction->rm == REGISTER_ESP || instruction->reg == REGISTER_ESP);
}

/* By how much ESP differs after the straight code from start up to branch, and with what it is compared. False: that
   cannot be told. */
static bool read_loop(struct memory *memory, struct loop *loop)
{
    struct instruction instruction;
    uint32_t at = loop->start;

    loop->change = 0;
    loop->end = REGISTERS;
    while (at != loop->branch) {
        if (loop->branch - at > LOOP_LARGEST || !instruction_read(memory, at, &instruction))
            return false;
        switch (instruction.kind) {
        case INSTRUCTION_OTHER:
            if (compares_esp(&instruction))
                loop->end = instruction.rm == REGISTER_ESP ? instruction.reg : instruction.rm;
            break;
        case INSTRUCTION_PUSH:
        case INSTRUCTION_PUSH_EBP:
        case INSTRUCTION_POP:
        case INSTRUCTION_POP_EBP:
        case INSTRUCTION_ADJUST_ESP:
            loop->change = (int32_t)((uint32_t)loop->change + (uint32_t)instruction.esp_change);
            break;
        default:
            return false;
        }
        at += instruction.length;
    }
    if (!instruction_read(memory, at, &instruction) || (instruction.opcode != 0x75 && instruction.opcode != 0x0f85))
        loop->end = REGISTERS; /* only jne goes on until both are the same */
    return loop->change != 0;
}

bool shape_loop_ends(const struct shape *shape, const struct loop *loop, uint32_t *rest)
{
    *rest = (uint32_t)shape->esp.offset - (uint32_t)shape->probe.offset;
    return place_known(&shape->esp) && shape->probe.base == shape->esp.base && loop->end == shape->probe_register &&
           loop->change < 0 && *rest <= INT32_MAX && *rest % (0 - (uint32_t)loop->change) == 0;
}

void shape_leave_loop(struct shape *shape, struct memory *memory, uint32_t target, uint32_t branch)
{
    struct loop loop = {target, branch, 0, REGISTERS};
    uint32_t rest;

    if (branch - target > LOOP_LARGEST || !read_loop(memory, &loop))
        return;
    if (shape_loop_ends(shape, &loop, &rest))
        shape->esp.offset = shape->probe.offset;
    else
        shape->esp = place_lost;
}

bool shape_loop_around(struct memory *memory, uint32_t pc, struct loop *loop)
{
    struct instruction instruction;
    uint32_t at = pc;

    while (at - pc <= LOOP_LARGEST && instruction_read(memory, at, &instruction)) {
        if (instruction.kind == INSTRUCTION_BRANCH) {
            loop->start = instruction.target;
            loop->branch = at;
            return at - instruction.target <= LOOP_LARGEST && pc - instruction.target <= LOOP_LARGEST &&
                   read_loop(memory, loop);
        }
        if (instruction.kind != INSTRUCTION_OTHER && instruction.kind != INSTRUCTION_ADJUST_ESP)
            return false;
        at += instruction.length;
    }
    return false;
}
