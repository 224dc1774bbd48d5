/* ESP kept in a register. */
#include "kept_esp.h"

#define MOV_FROM_REG 0x89
#define MOV_TO_REG 0x8b
#define LEA 0x8d
#define CPUID 0x0fa2

static const struct place lost = {0, PLACE_LOST, false};

static uint8_t bit(unsigned number)
{
    return (uint8_t)(1u << number);
}

/* String instructions move ESI and EDI without naming them. */
static bool moves_esi_or_edi(const struct instruction *instruction)
{
    unsigned opcode = instruction->opcode;

    return (opcode >= 0xa4 && opcode <= 0xaf && opcode != 0xa8 && opcode != 0xa9) || (opcode >= 0x6c && opcode <= 0x6f);
}

static uint8_t changed(const struct instruction *instruction)
{
    if (instruction->opcode == CPUID)
        return bit(REGISTER_EBX);
    if (moves_esi_or_edi(instruction))
        return bit(REGISTER_ESI) | bit(REGISTER_EDI);
    return instruction->kind == INSTRUCTION_INTERRUPT ? 0xff : instruction->writes;
}

/* Of the registers that a callee leaves as they are; KEPT_REGISTERS: it is none of them. */
static unsigned place_of(unsigned number)
{
    switch (number) {
    case REGISTER_EBX:
        return 0;
    case REGISTER_ESI:
        return 1;
    case REGISTER_EDI:
        return 2;
    default:
        return KEPT_REGISTERS;
    }
}

void kept_begin(struct kept_esp *kept)
{
    for (unsigned i = 0; i < KEPT_REGISTERS; i++)
        kept->places[i] = lost;
}

/* What the instruction puts into the register that it writes. */
static struct place result_of(const struct instruction *instruction, const struct place *esp)
{
    bool in_register = instruction->operand == OPERAND_REGISTER;
    bool from_reg = instruction->opcode == MOV_FROM_REG && in_register && instruction->reg == REGISTER_ESP;
    bool to_reg = instruction->opcode == MOV_TO_REG && in_register && instruction->rm == REGISTER_ESP;
    bool by_lea = instruction->opcode == LEA && instruction->operand == OPERAND_BASE && instruction->rm == REGISTER_ESP;
    struct place result = *esp;

    if (instruction->operand_16 || !(from_reg || to_reg || by_lea))
        return lost;
    if (by_lea)
        result.offset = (int32_t)((uint32_t)result.offset + (uint32_t)instruction->displacement);
    return result;
}

void kept_note(struct kept_esp *kept, const struct instruction *instruction, const struct place *esp)
{
    uint8_t written = changed(instruction);

    for (unsigned number = REGISTER_EBX; number <= REGISTER_EDI; number++)
        if ((written & bit(number)) && place_of(number) < KEPT_REGISTERS)
            kept->places[place_of(number)] = result_of(instruction, esp);
}

struct place kept_place(const struct kept_esp *kept, const struct instruction *instruction)
{
    bool from_reg = instruction->opcode == MOV_FROM_REG;
    bool moves = (from_reg || instruction->opcode == MOV_TO_REG) && instruction->operand == OPERAND_REGISTER;
    unsigned place = place_of(from_reg ? instruction->reg : instruction->rm);

    return moves && !instruction->operand_16 && place < KEPT_REGISTERS ? kept->places[place] : lost;
}
