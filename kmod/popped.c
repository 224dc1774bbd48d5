/* What a callee takes off its caller's stack. */
#include "popped.h"

#include "instruction.h"

#define STEPS_OF_CALLEE 300 /* instructions */
#define STEPS_BEHIND_CALL 24
#define REPAIR_LARGEST 64   /* bytes */
#define SUB 5               /* ModRM's reg: SDM vol. 2, table A-6, group 1 */

uint32_t popped_by_callee(struct memory *memory, uint32_t callee, unsigned *steps)
{
    struct instruction instruction;
    uint32_t at = callee;

    for (unsigned i = 0; i < STEPS_OF_CALLEE && *steps > 0; i++) {
        bool repeats;

        --*steps;
        if (!instruction_read(memory, at, &instruction))
            return 0;
        switch (instruction.kind) {
        case INSTRUCTION_RET:
            return instruction.immediate;
        case INSTRUCTION_JUMP:
            repeats = instruction.target >= callee && instruction.target <= at;
            at = repeats ? at + instruction.length : instruction.target;
            break;
        case INSTRUCTION_RET_FAR:
        case INSTRUCTION_IRET:
        case INSTRUCTION_STOP:
        case INSTRUCTION_JUMP_INDIRECT:
            return 0;
        default:
            at += instruction.length;
        }
    }
    return 0;
}

uint32_t popped_by_repair(struct memory *memory, uint32_t next)
{
    struct instruction instruction;
    uint32_t at = next, repaired = 0;

    for (unsigned i = 0; i < STEPS_BEHIND_CALL && instruction_read(memory, at, &instruction); i++) {
        bool subtracts = (instruction.opcode == 0x81 || instruction.opcode == 0x83) && instruction.reg == SUB;

        switch (instruction.kind) {
        case INSTRUCTION_OTHER:
            break;
        case INSTRUCTION_ADJUST_ESP:
            if (i > 0)
                return repaired;
            repaired = subtracts ? 0 - (uint32_t)instruction.esp_change : 0;
            break;
        case INSTRUCTION_PUSH:
        case INSTRUCTION_PUSH_EBP:
            return 0;
        default:
            return repaired;
        }
        if (i == 0 && (repaired == 0 || repaired > REPAIR_LARGEST))
            return 0;
        at += instruction.length;
    }
    return 0;
}
