/* Records and the evidence for them. */
#include "record.h"

#include "instruction.h"
#include "thunk.h"

#define TAIL_LONGEST 256 /* bytes of a called function in which its tail jump is looked for */

enum record_error record_read(const struct view *view, uint32_t address, uint32_t floor, struct record *record)
{
    if (!view_aligned(view, address))
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

/*
 * For the function at start having been called, and having left by a jump to the one at to: an honest tail call. Its
 * code is looked at as far as branches reach, and at most so many bytes of it; an indirect jump can lead anywhere.
 */
static enum evidence evidence_of_jump(const struct view *view, uint32_t start, uint32_t to)
{
    uint32_t at = start;
    uint32_t farthest = start;

    while (at - start < TAIL_LONGEST) {
        struct instruction instruction;
        bool jumps, ends;
        uint8_t byte;

        if (!instruction_read(view->memory, at, &instruction))
            return memory_code(view->memory, at, &byte, 1) ? EVIDENCE_AGAINST : EVIDENCE_UNKNOWN;
        jumps = instruction.kind == INSTRUCTION_JUMP || instruction.kind == INSTRUCTION_BRANCH;
        if (instruction.kind == INSTRUCTION_JUMP_INDIRECT || (jumps && instruction.target == to))
            return EVIDENCE_INDIRECT;
        if (jumps && instruction.target - start < TAIL_LONGEST && instruction.target > farthest)
            farthest = instruction.target;
        ends = instruction.kind == INSTRUCTION_JUMP || instruction.kind == INSTRUCTION_RET ||
               instruction.kind == INSTRUCTION_RET_FAR || instruction.kind == INSTRUCTION_IRET ||
               instruction.kind == INSTRUCTION_STOP;
        at += instruction.length;
        if (ends && at > farthest)
            return EVIDENCE_AGAINST;
    }
    return EVIDENCE_AGAINST;
}

enum evidence record_evidence(const struct view *view, uint32_t return_address, const struct function *callee)
{
    uint32_t start = callee && callee->named ? callee->function : 0;
    bool on_stack = return_address - 1 - view->limit < view->base - view->limit;
    struct call call;

    if (!return_address || on_stack)
        return EVIDENCE_NONE;
    call = call_before(view->memory, return_address, start);
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
    if (thunk_of_call(view->memory, return_address, call.target) != THUNK_NONE)
        return EVIDENCE_NONE;
    if (call.target == start)
        return EVIDENCE_DIRECT;
    if (!start || call.target - callee->start < callee->end - callee->start)
        return EVIDENCE_INDIRECT;
    return evidence_of_jump(view, call.target, start);
}
