/* Records and the evidence for them. */
#include "record.h"

#include "tail.h"
#include "thunk.h"

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
    if (code_kind(view->code, call.target) == CODE_OUTSIDE) /* no call at all: chance made it look like one */
        return EVIDENCE_AGAINST;
    if (!start || call.target - callee->start < callee->end - callee->start)
        return EVIDENCE_INDIRECT;
    return tail_evidence(view, call.target, start);
}
