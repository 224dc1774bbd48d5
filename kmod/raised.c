/* Which exception an instruction raised. */
#include "raised.h"

#include "instruction.h"
#include "stack.h"

#define DIVIDE_BYTE 0xf6 /* with reg 6: div, 7: idiv */
#define DIVIDE 0xf7
#define DIVIDE_UNSIGNED 6
#define DIVIDE_SIGNED 7
#define OPCODE_UD2 0x0f0b
#define OPCODE_INT 0xcd
#define OPCODE_INT3 0xcc
#define OPCODE_INTO 0xce
#define OPERAND_SIZE_PREFIX 0x66

static bool divides(const struct instruction *instruction)
{
    bool divide = instruction->opcode == DIVIDE || instruction->opcode == DIVIDE_BYTE;

    return divide && (instruction->reg == DIVIDE_UNSIGNED || instruction->reg == DIVIDE_SIGNED);
}

static bool divisor(struct memory *memory, const struct crash *crash, const struct instruction *instruction,
                    uint32_t *value)
{
    uint32_t displacement = (uint32_t)instruction->displacement;
    bool high_byte = instruction->rm >= REGISTER_ESP; /* of byte operands: ah, ch, dh, bh */

    switch (instruction->operand) {
    case OPERAND_REGISTER:
        *value = access_register(crash, instruction->rm);
        if (instruction->opcode == DIVIDE_BYTE)
            *value = access_register(crash, instruction->rm & 3u) >> (high_byte ? 8 : 0);
        break;
    case OPERAND_BASE:
        if (!memory_word(memory, access_register(crash, instruction->rm) + displacement, value))
            return false;
        break;
    case OPERAND_ABSOLUTE:
        if (!memory_word(memory, displacement, value))
            return false;
        break;
    default:
        return false;
    }
    if (instruction->opcode == DIVIDE_BYTE)
        *value &= 0xff;
    return true;
}

/* By zero; or unsigned, and the quotient has more digits than there is room for. */
static bool division_fails(struct memory *memory, const struct crash *crash, const struct instruction *instruction)
{
    uint32_t value, high = crash->edx;
    uint8_t first;

    if (!memory_code(memory, crash->eip, &first, 1) || first == OPERAND_SIZE_PREFIX)
        return false;
    if (!divides(instruction) || !divisor(memory, crash, instruction, &value))
        return false;
    if (instruction->opcode == DIVIDE_BYTE)
        high = (crash->eax & 0xffff) >> 8;
    return value == 0 || (instruction->reg == DIVIDE_UNSIGNED && high >= value);
}

static void take(struct raised *raised, enum raised_by by, uint32_t vector)
{
    raised->by = by;
    raised->vector = vector;
}

void raised_find(struct memory *memory, const struct crash *crash, struct raised *raised)
{
    bool present = stack_page_readable(memory, crash->cr2);
    struct instruction instruction;
    uint8_t byte;

    take(raised, RAISED_UNKNOWN, 0);
    raised->access = ACCESS_NONE;
    raised->base = 0;
    if (crash->eip_unknown)
        return;
    if (!present && crash->cr2 - crash->eip < INSTRUCTION_LONGEST && !memory_code(memory, crash->cr2, &byte, 1)) {
        take(raised, RAISED_BY_FETCH, VECTOR_PF);
        return;
    }
    if (!instruction_read(memory, crash->eip, &instruction))
        return;
    raised->access = access_find(crash, &instruction);
    raised->base = instruction.rm;
    if (instruction.opcode == OPCODE_INT)
        take(raised, RAISED_BY_INT, instruction.immediate & 0xff);
    else if (instruction.opcode == OPCODE_INT3)
        take(raised, RAISED_BY_INT, VECTOR_BP);
    else if (instruction.opcode == OPCODE_INTO)
        take(raised, RAISED_BY_INT, VECTOR_OF);
    else if (instruction.opcode == OPCODE_UD2)
        take(raised, RAISED_BY_UNDEFINED, VECTOR_UD);
    else if (!present && raised->access != ACCESS_NONE)
        take(raised, RAISED_BY_ACCESS, VECTOR_PF);
    else if (division_fails(memory, crash, &instruction))
        take(raised, RAISED_BY_DIVISION, VECTOR_DE);
}

bool raised_doubles(uint32_t vector)
{
    return vector == VECTOR_PF || vector == VECTOR_DE || (vector >= VECTOR_TS && vector <= VECTOR_GP);
}

uint32_t raised_by_gate(enum gate_fault fault)
{
    switch (fault) {
    case GATE_NOT_PRESENT:
        return VECTOR_NP;
    case GATE_UNREADABLE:
        return VECTOR_PF;
    case GATE_BAD_TSS:
        return VECTOR_TS;
    default:
        return VECTOR_GP;
    }
}
