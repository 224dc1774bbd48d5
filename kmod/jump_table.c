/* Jump tables. */
#include "jump_table.h"

#define JMP_NEAR 4 /* ModRM's reg: SDM vol. 2, table A-6, group 5 */
#define CMP 7      /* group 1 */

static bool is_load(const struct instruction *instruction)
{
    return instruction->opcode == 0x8b && instruction->operand == OPERAND_TABLE;
}

static bool compares_constant(const struct instruction *instruction)
{
    bool by_group = instruction->opcode == 0x81 || instruction->opcode == 0x83;

    return instruction->opcode == 0x3d || (by_group && instruction->reg == CMP);
}

/* ja, jbe */
static bool asks_above(const struct instruction *instruction)
{
    uint16_t opcode = instruction->opcode;

    return opcode == 0x76 || opcode == 0x77 || opcode == 0x0f86 || opcode == 0x0f87;
}

void jump_table_note(struct jump_table_clues *clues, const struct instruction *instruction)
{
    if (is_load(instruction)) {
        clues->loaded = (uint32_t)instruction->displacement;
        clues->loaded_register = instruction->reg;
    } else if (instruction->kind == INSTRUCTION_BRANCH) {
        clues->bound = asks_above(instruction) ? clues->compared : clues->bound;
    } else if (compares_constant(instruction)) {
        clues->compared = instruction->immediate + 1;
    }
}

bool jump_table_of(const struct jump_table_clues *clues, const struct instruction *jump, struct jump_table *table)
{
    bool near = jump->opcode == 0xff && jump->reg == JMP_NEAR;

    if (near && jump->operand == OPERAND_TABLE)
        table->at = (uint32_t)jump->displacement;
    else if (near && jump->operand == OPERAND_REGISTER && clues->loaded && jump->rm == clues->loaded_register)
        table->at = clues->loaded;
    else
        return false;
    table->count = clues->bound - 1 < JUMP_TABLE_LONGEST ? clues->bound : JUMP_TABLE_LONGEST;
    return true;
}
