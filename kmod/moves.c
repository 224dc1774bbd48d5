/* How a function's code moves ESP by more than constants. */
#include "moves.h"

#include "instruction.h"

#define BODY_LONGEST 0x4000u /* bytes of a function that are looked at */

#define OPCODE_SUB 0x29
#define OPCODE_SUB_REVERSED 0x2b
#define OPCODE_LEA 0x8d
#define OPCODE_MOV 0x89
#define OPCODE_MOV_REVERSED 0x8b
#define OPCODE_MOV_CONSTANT 0xb8 /* up to bf */
#define CLOBBERED (1u << REGISTER_EAX | 1u << REGISTER_ECX | 1u << REGISTER_EDX) /* by a call */

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
struct moves moves_find(struct memory *memory, uint32_t start, uint32_t end)
{
    struct moves moves = {false, false, 1u << REGISTER_ESP};
    struct instruction instruction;
    uint32_t at = start;

    while (at < end && at - start < BODY_LONGEST && !moves.loaded && instruction_read(memory, at, &instruction)) {
        bool lost = instruction.kind == INSTRUCTION_LOST_ESP && instruction.opcode != OPCODE_LEA;
        bool subtracts = instruction.opcode == OPCODE_SUB || instruction.opcode == OPCODE_SUB_REVERSED;

        moves.copies = copies_behind(moves.copies, &instruction);
        moves.loaded = lost && !subtracts &&
                       !(in(moves.copies, REGISTER_ESP) && instruction.operand == OPERAND_REGISTER);
        moves.lowered |= lost;
        moves.copies |= 1u << REGISTER_ESP;
        at += instruction.length;
    }
    return moves;
}
