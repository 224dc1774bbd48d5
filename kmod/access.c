/* How an instruction comes to CR2. */
#include "access.h"

#include "moves.h"

#define OPERAND_LARGEST 64u /* bytes; fxsave's and a string instruction's first page aside */

#define OPCODE_CALL 0xe8
#define OPCODE_LEA 0x8d
#define OPCODE_SYSTEM 0x0f01 /* with reg 7: invlpg */
#define INVLPG 7
#define OPCODE_PREFETCH 0x0f0d
#define OPCODE_HINT 0x0f18     /* to 0f1f: prefetches, and nops with an operand */
#define MOVE_FROM_OFFSET 0xa0u /* to a3: mov al or eax, [offset] and back */

uint32_t access_register(const struct crash *crash, unsigned number)
{
    const uint32_t values[] = {crash->eax, crash->ecx, crash->edx, crash->ebx,
                               crash->esp, crash->ebp, crash->esi, crash->edi};

    return values[number & 7];
}

static bool reaches(const struct crash *crash, uint32_t address)
{
    return crash->cr2 - address < OPERAND_LARGEST;
}

/* Does it have a memory operand only to compute its address, or as a hint? SDM vol. 2: LEA, NOP, PREFETCHh, INVLPG. */
static bool only_names(const struct instruction *instruction)
{
    uint16_t opcode = instruction->opcode;

    return opcode == OPCODE_LEA || opcode == OPCODE_PREFETCH || (opcode & ~7u) == OPCODE_HINT ||
           (opcode == OPCODE_SYSTEM && instruction->reg == INVLPG);
}

/* movs, cmps, stos, lods, scas, ins, outs: SDM vol. 1, 7.3.9. */
static bool string_reaches(const struct crash *crash, uint16_t opcode)
{
    uint32_t pair = opcode & ~1u; /* the byte form has bit 0 clear */
    bool source = pair == 0xa4 || pair == 0xa6 || pair == 0xac || pair == 0x6e;
    bool destination = pair == 0xa4 || pair == 0xa6 || pair == 0xaa || pair == 0xae || pair == 0x6c;

    return (source && reaches(crash, crash->esi)) || (destination && reaches(crash, crash->edi));
}

static bool stack_reaches(const struct crash *crash, const struct instruction *instruction)
{
    if (instruction->opcode == OPCODE_CALL) /* of a thunk, too */
        return reaches(crash, crash->esp - OPERAND_LARGEST);
    switch (instruction->kind) {
    case INSTRUCTION_POP:
    case INSTRUCTION_POP_EBP:
    case INSTRUCTION_RET:
    case INSTRUCTION_RET_FAR:
    case INSTRUCTION_IRET:
        return reaches(crash, crash->esp);
    case INSTRUCTION_PUSH:
    case INSTRUCTION_PUSH_EBP:
    case INSTRUCTION_ENTER:
    case INSTRUCTION_CALL:
    case INSTRUCTION_CALL_INDIRECT:
    case INSTRUCTION_CALL_FAR:
        return reaches(crash, crash->esp - OPERAND_LARGEST);
    default:
        return false;
    }
}

/* Through the operand that ModRM names. */
static enum access operand_access(const struct crash *crash, const struct instruction *instruction)
{
    bool based = instruction->operand == OPERAND_BASE;
    uint32_t address = (uint32_t)instruction->displacement + (based ? access_register(crash, instruction->rm) : 0);

    if ((!based && instruction->operand != OPERAND_ABSOLUTE) || only_names(instruction) || !reaches(crash, address))
        return ACCESS_NONE;
    if (!based)
        return ACCESS_ELSEWHERE;
    return instruction->rm == REGISTER_ESP ? ACCESS_BY_ESP : ACCESS_BY_BASE;
}

enum access access_find(const struct crash *crash, const struct instruction *instruction)
{
    enum access access = operand_access(crash, instruction);
    bool by_offset = (instruction->opcode & ~3u) == MOVE_FROM_OFFSET;

    if (access != ACCESS_NONE)
        return access;
    if (stack_reaches(crash, instruction))
        return ACCESS_BY_ESP;
    if ((by_offset && reaches(crash, (uint32_t)instruction->displacement)) ||
        (instruction->kind == INSTRUCTION_LEAVE && reaches(crash, crash->ebp)) ||
        string_reaches(crash, instruction->opcode))
        return ACCESS_ELSEWHERE;
    return ACCESS_NONE;
}

bool access_by_copy(struct memory *memory, const struct crash *crash, uint32_t start, uint32_t base)
{
    bool no_frame = base == REGISTER_EBP && crash->ebp < crash->esp;

    return !no_frame && moves_find(memory, start, crash->eip).copies >> base & 1;
}
