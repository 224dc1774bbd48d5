/* Code that ends as a function does. */
#include "epilogue.h"

#include <string.h>

#include "../instruction.h"

/* The pops right before a RET, and that. */
struct epilogue {
    const uint8_t *bytes;
    uint32_t length; /* 0: there is none, or nothing is popped */
};

/* Takes something off the stack, or gets ESP back from EBP. */
static bool takes_back(const struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_POP:
    case INSTRUCTION_POP_EBP:
    case INSTRUCTION_LEAVE:
    case INSTRUCTION_ESP_FROM_EBP:
        return true;
    case INSTRUCTION_ADJUST_ESP:
        return instruction->esp_change > 0;
    default:
        return false;
    }
}

static bool pushes(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_PUSH || instruction->kind == INSTRUCTION_PUSH_EBP ||
           instruction->kind == INSTRUCTION_ENTER || instruction->kind == INSTRUCTION_CALL;
}

/* The first, or the last, in length bytes of code; of the first also that nothing is pushed before it. */
static struct epilogue find(const uint8_t *code, uint32_t address, uint32_t length, bool first)
{
    struct epilogue found = {code, 0};
    uint32_t pops = 0; /* bytes of them in front of at */
    struct instruction instruction;

    for (uint32_t at = 0; at < length && instruction_decode(code + at, length - at, address + at, &instruction);
         at += instruction.length) {
        if (first && pushes(&instruction))
            break;
        if (takes_back(&instruction)) {
            pops += instruction.length;
            continue;
        }
        if (instruction.kind == INSTRUCTION_RET && pops)
            found = (struct epilogue){code + at - pops, pops + instruction.length};
        if (instruction.kind == INSTRUCTION_RET && first)
            break;
        pops = 0;
    }
    return found;
}

bool epilogue_shared(const uint8_t *code, uint32_t start, uint32_t label, uint32_t end)
{
    struct epilogue before = find(code, start, label - start, false);
    struct epilogue behind = find(code + (label - start), label, end - label, true);

    return behind.length && behind.length == before.length && memcmp(behind.bytes, before.bytes, before.length) == 0;
}
