/* A stack that ran on below its limit. */
#include "overrun.h"

#include "call.h"
#include "instruction.h"
#include "prologue.h"
#include "registry.h"
#include "stack.h"
#include "thunk.h"

#define LONGEST 0x1000000u   /* bytes: a kernel without guard pages wrote over 10.4 MB before it faulted */
#define STACKS_MOST 4u       /* that are run over, one after the other */
#define ROWS_MOST 0x40000u   /* up to the stack: a chain is followed that far only */
#define FRAME_ORDINARY 4096u /* a frame of so many bytes needs no explanation where others come before it */
#define ARGUMENTS_MOST 1024u /* bytes that a frame may have beyond those its prologue takes */
#define BODY_LONGEST 0x4000u /* bytes of a function in which it is looked for how ESP moves */

#define OPCODE_SUB 0x29
#define OPCODE_SUB_REVERSED 0x2b
#define OPCODE_LEA 0x8d
#define OPCODE_MOV 0x89
#define OPCODE_MOV_REVERSED 0x8b
#define OPCODE_MOV_CONSTANT 0xb8 /* up to bf */
#define CLOBBERED (1u << REGISTER_EAX | 1u << REGISTER_ECX | 1u << REGISTER_EDX) /* by a call */

/* The lowest limit of a registered stack above address: up to there, a chain is in none but the one it is in now. */
static uint32_t next_limit(uint32_t address)
{
    const struct ksg_stack *stack = registry_stacks();
    uint32_t next = UINT32_MAX;

    for (unsigned i = 0; stack && i < REGISTRY_LONGEST && registry_stack_whole(stack); i++, stack = stack->next)
        if (stack->limit > address && stack->limit < next)
            next = stack->limit;
    return next;
}

/* The first registered stack whose limit is above from that the chain of saved EBPs leads into. */
static const struct ksg_stack *chain_leads_to(struct memory *memory, const struct crash *crash, uint32_t from)
{
    uint32_t next = next_limit(from);
    uint32_t ebp = crash->ebp;

    for (uint32_t i = 0; i < ROWS_MOST && !(ebp & 3) && ebp > crash->esp && ebp - crash->esp < LONGEST; i++) {
        uint32_t link;

        if (ebp >= next) {
            const struct ksg_stack *stack = stack_at(ebp);

            if (stack)
                return stack;
            next = next_limit(ebp);
        }
        if (!memory_word(memory, ebp, &link) || link <= ebp)
            return 0;
        ebp = link;
    }
    return 0;
}

/* Where the row's function starts; without symbols, where the call that entered it went. 0: not known. */
static uint32_t start_of(struct memory *memory, const struct row *row)
{
    struct call call;

    if (row->function->named)
        return row->function->function;
    call = call_before(memory, row->return_address, 0);
    return call.kind == CALL_DIRECT && call.target <= row->pc && !thunk_at(memory, call.target) ? call.target : 0;
}

/* What a function's code does to ESP by more than constants. */
enum esp_move { ESP_KEPT, ESP_LOWERED, ESP_LOADED };

static bool in(uint32_t set, uint8_t number)
{
    return set >> number & 1;
}

/* The registers with values made from ESP, behind the instruction: mov copies one, lea makes one, arithmetic leaves it one. */
static uint32_t copies_behind(uint32_t copies, const struct instruction *instruction)
{
    bool reversed = instruction->opcode == OPCODE_MOV_REVERSED;
    bool moves = (instruction->opcode == OPCODE_MOV && instruction->operand == OPERAND_REGISTER) || reversed;
    uint8_t to = instruction->opcode == OPCODE_MOV ? instruction->rm : instruction->reg;
    uint8_t from = instruction->opcode == OPCODE_MOV ? instruction->reg : instruction->rm;
    bool of_esp = in(copies, from) && (instruction->operand == OPERAND_REGISTER || instruction->opcode == OPCODE_LEA);

    if (instruction->kind == INSTRUCTION_CALL || instruction->kind == INSTRUCTION_CALL_INDIRECT)
        return copies & ~CLOBBERED;
    if (moves || (instruction->opcode == OPCODE_LEA && instruction->operand == OPERAND_BASE))
        return of_esp ? copies | 1u << to : copies & ~(1u << to);
    if (instruction->kind == INSTRUCTION_POP || (instruction->opcode & ~7u) == OPCODE_MOV_CONSTANT)
        return copies & ~(1u << instruction->reg);
    return copies;
}

/* sub esp, register lowers it, as for alloca, and so does mov of what was made from it; lea is how an epilogue undoes an
   alignment; all else loads another. */
static enum esp_move esp_moved(struct memory *memory, uint32_t start, uint32_t end)
{
    enum esp_move moved = ESP_KEPT;
    struct instruction instruction;
    uint32_t copies = 1u << REGISTER_ESP;
    uint32_t at = start;

    while (at < end && at - start < BODY_LONGEST && instruction_read(memory, at, &instruction)) {
        bool lost = instruction.kind == INSTRUCTION_LOST_ESP && instruction.opcode != OPCODE_LEA;
        bool lowered = instruction.opcode == OPCODE_SUB || instruction.opcode == OPCODE_SUB_REVERSED;

        copies = copies_behind(copies, &instruction);
        if (lost && !lowered && !(in(copies, REGISTER_ESP) && instruction.operand == OPERAND_REGISTER))
            return ESP_LOADED;
        if (lost)
            moved = ESP_LOWERED;
        copies |= 1u << REGISTER_ESP;
        at += instruction.length;
    }
    return moved;
}

bool overrun_loads_esp(struct memory *memory, const struct row *row)
{
    uint32_t start = start_of(memory, row);

    return start && esp_moved(memory, start, row->pc) == ESP_LOADED;
}

/* Did the function itself make its frame this large? Else ESP was moved: to another stack. */
static bool explained(struct memory *memory, const struct row *row)
{
    uint32_t start = start_of(memory, row);
    struct prologue prologue;
    enum esp_move moved;

    if (!start)
        return row->bytes < FRAME_ORDINARY;
    moved = esp_moved(memory, start, row->pc);
    if (moved == ESP_LOADED)
        return false;
    prologue = prologue_read(memory, start, 0);
    if (!prologue.readable)
        return row->bytes < FRAME_ORDINARY;
    return row->bytes <= prologue.locals + prologue.pushes + prologue.alignment + ARGUMENTS_MOST ||
           moved == ESP_LOWERED;
}

/* Is there nothing but verified frames from ESP up into the stack? The one that leaves the stack below, if there is such a
   stack, has to be as large as its function made it. */
static bool frames_lead_to(struct memory *memory, struct code *code, const struct crash *crash,
                           const struct ksg_stack *below, const struct ksg_stack *stack)
{
    static struct walk walk; /* the handler's stack is small */
    static struct walk_start start;
    static struct row row;
    uint32_t reached = crash->esp;

    start.view = (struct view){memory, code, crash->esp, stack->base, crash->cs};
    start.esp = crash->esp;
    start.ebp = crash->ebp;
    start.eip = crash->eip;
    start.eip_known = !crash->eip_unknown;
    start.registers = 0;
    start.cut = ROWS_MOST + 1;
    walk_begin(&walk, &start);
    while (walk_next(&walk, &row)) {
        bool verified = row.kind == ROW_FRAME &&
                        (row.trust == TRUST_CHAINED || row.trust == TRUST_FRAMELESS || row.trust == TRUST_TRAP);
        uint32_t end = reached + row.bytes;
        bool enters = end >= stack->limit;
        bool leaves = below && reached < below->base && end >= below->base;

        if (!verified || ((enters || leaves) && !explained(memory, &row)))
            return false;
        if (enters)
            return true;
        reached = end;
    }
    return false;
}

const struct ksg_stack *overrun_find(struct memory *memory, struct code *code, const struct crash *crash)
{
    const struct ksg_stack *stack = 0;
    const struct ksg_stack *below = stack_at(crash->esp);
    const struct ksg_stack *next = chain_leads_to(memory, crash, crash->esp);

    for (unsigned i = 0; next && i < STACKS_MOST && frames_lead_to(memory, code, crash, below, next); i++) {
        below = stack = next;
        next = chain_leads_to(memory, crash, stack->limit);
    }
    return stack;
}
