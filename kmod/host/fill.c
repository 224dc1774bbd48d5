/* The bytes with which assemblers and linkers fill up to the next alignment. */
#include "fill.h"

#include "../instruction.h"

#define NOP 0x90u
#define INT3 0xccu      /* lld's fill */
#define LONG_NOP 0x0f1fu
#define LEA 0x8du
#define MOV_TO 0x89u    /* mov esi, esi */
#define MOV_FROM 0x8bu
#define SIB 4u          /* in rm: SDM vol. 2, table 2-2 */
#define SIB_NO_INDEX 4u

/* lea esi, [esi + 0], with or without the SIB byte that makes it longer. */
static bool lea_is_fill(const struct instruction *lea, const uint8_t *bytes)
{
    const uint8_t *modrm = bytes;
    bool same;

    while (*modrm != LEA)
        modrm++;
    modrm++;
    same = (*modrm & 7) == SIB ? (modrm[1] & 7) == lea->reg && (modrm[1] >> 3 & 7) == SIB_NO_INDEX
                               : (*modrm & 7) == lea->reg && lea->operand == OPERAND_BASE;
    return same && lea->displacement == 0;
}

unsigned fill_length(const uint8_t *bytes, unsigned count, uint32_t address)
{
    struct instruction instruction;

    if (count == 0)
        return 0;
    if (*bytes == 0 || *bytes == INT3)
        return 1;
    if (!instruction_decode(bytes, count, address, &instruction))
        return 0;
    switch (instruction.opcode) {
    case NOP:
    case LONG_NOP:
        return instruction.length;
    case LEA:
        return lea_is_fill(&instruction, bytes) ? instruction.length : 0;
    case MOV_TO:
    case MOV_FROM:
        return instruction.operand == OPERAND_REGISTER && instruction.rm == instruction.reg ? instruction.length : 0;
    default:
        return instruction.kind == INSTRUCTION_JUMP && instruction.target == address + count ? instruction.length : 0;
    }
}

bool fill_only(const uint8_t *bytes, unsigned count, uint32_t address)
{
    for (unsigned at = 0; at < count;) {
        unsigned length = fill_length(bytes + at, count - at, address + at);

        if (length == 0)
            return false;
        at += length;
    }
    return true;
}
