/* Records and the evidence for them. */
#include "record.h"

#include "instruction.h"

#define TAIL_LONGEST 256 /* bytes of a called function in which its tail jump is looked for */

enum record_error record_read(const struct view *view, uint32_t address, uint32_t floor, struct record *record)
{
    if (address & 3)
        return RECORD_ODD;
    if (address < view->limit || address > view->base - RECORD_SIZE)
        return RECORD_OFF;
    if (address < floor)
        return RECORD_DOWN;
    record->at = address;
    if (!memory_word(view->memory, address, &record->link) ||
        !memory_word(view->memory, address + 4, &record->return_address))
        return RECORD_UNREADABLE;
    return RECORD_GOOD;
}

/* Does the function at start leave by a jump that can lead to the function at to? Only what stands in its first bytes is
   looked at; an indirect jump can lead anywhere. */
static bool jumps_on(const struct view *view, uint32_t start, uint32_t to)
{
    uint8_t bytes[INSTRUCTION_LONGEST];
    struct instruction instruction;
    uint32_t at = start;

    while (at - start < TAIL_LONGEST) {
        unsigned count = memory_code(view->memory, at, bytes, sizeof bytes);

        if (!instruction_decode(bytes, count, at, &instruction))
            return false;
        if (instruction.kind == INSTRUCTION_JUMP_INDIRECT)
            return true;
        if ((instruction.kind == INSTRUCTION_JUMP || instruction.kind == INSTRUCTION_BRANCH) && instruction.target == to)
            return true;
        at += instruction.length;
    }
    return false;
}

enum evidence record_evidence(const struct view *view, uint32_t return_address, const struct function *callee)
{
    uint32_t start = callee && callee->named ? callee->function : 0;
    struct call call = call_before(view->memory, return_address, start);

    switch (call.kind) {
    case CALL_NONE:
        return EVIDENCE_NONE;
    case CALL_UNKNOWN:
        return code_kind(view->code, return_address - 1) == CODE_OUTSIDE ? EVIDENCE_NONE : EVIDENCE_UNKNOWN;
    case CALL_INDIRECT:
        return EVIDENCE_INDIRECT;
    case CALL_DIRECT:
        break;
    }
    if (call.target == start)
        return EVIDENCE_DIRECT;
    if (!start || jumps_on(view, call.target, start))
        return EVIDENCE_INDIRECT;
    return EVIDENCE_AGAINST;
}
