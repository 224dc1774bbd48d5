/* Thunks: indirect jumps and returns by way of a call. */
#include "thunk.h"

#include "instruction.h"

#define LOOP_LARGEST 64 /* bytes: clang aligns what comes behind the loop */
#define RET 0xc3
#define MOVE_LENGTH 3 /* mov [esp], register: 89, ModRM with any reg, SIB */

static bool is_move(const uint8_t *bytes)
{
    return bytes[0] == 0x89 && (bytes[1] & 0xc7) == 0x04 && bytes[2] == 0x24;
}

static bool is_drop(const uint8_t *bytes)
{
    bool lea = bytes[0] == 0x8d && bytes[1] == 0x64 && bytes[2] == 0x24 && bytes[3] == 4 && bytes[4] == RET;
    bool add = bytes[0] == 0x83 && bytes[1] == 0xc4 && bytes[2] == 4 && bytes[3] == RET;

    return lea || add;
}

enum thunk thunk_of_call(struct memory *memory, uint32_t next, uint32_t target)
{
    uint8_t bytes[5] = {0};

    if (target - next - 1 >= LOOP_LARGEST || memory_code(memory, target, bytes, sizeof bytes) <= MOVE_LENGTH)
        return THUNK_NONE;
    if (is_move(bytes) && bytes[MOVE_LENGTH] == RET)
        return THUNK_JUMP;
    return is_drop(bytes) ? THUNK_RETURN : THUNK_NONE;
}

bool thunk_jumps(struct memory *memory, uint32_t address)
{
    uint8_t bytes[MOVE_LENGTH + 1];

    return memory_code(memory, address - MOVE_LENGTH, bytes, sizeof bytes) == sizeof bytes && is_move(bytes) &&
           bytes[MOVE_LENGTH] == RET;
}

bool thunk_at(struct memory *memory, uint32_t address)
{
    struct instruction instruction;

    return instruction_read(memory, address, &instruction) && instruction.kind == INSTRUCTION_JUMP_INDIRECT;
}
