/* When EBP does not lead on. */
#include "mend.h"

#include "give.h"
#include "running.h"

static enum walk_end end_for(enum record_error error)
{
    switch (error) {
    case RECORD_ODD:
        return WALK_ODD;
    case RECORD_DOWN:
        return WALK_DOWN;
    case RECORD_UNREADABLE:
        return WALK_UNREADABLE;
    default:
        return WALK_OFF;
    }
}

enum walk_end mend_end(const struct walk *walk)
{
    struct record record;
    enum record_error error = record_read(&walk->view, walk->ebp, walk_floor(walk), &record);

    if (!walk->ebp)
        return WALK_ZERO;
    return error == RECORD_GOOD ? WALK_NO_CODE : end_for(error);
}

bool mend_gap(struct walk *walk, struct row *row)
{
    enum row_kind kind = walk->begun ? ROW_GAP : ROW_BEFORE;
    enum evidence evidence = record_evidence(&walk->view, walk->head.return_address, 0);

    walk->lost = false;
    give_frame(walk, row, 0, &walk->head, TRUST_RECOVERED, evidence);
    row->kind = kind;
    return true;
}

bool mend_chain(struct walk *walk, struct row *row, bool known, enum walk_end end, uint32_t least)
{
    struct function *function = known ? running_function(walk) : 0;
    uint32_t start = function && function->named ? function->function : 0;
    bool found = !walk->verified_only && costly_chain(&walk->view, walk_floor(walk), start, least, &walk->head);
    enum evidence evidence;

    function = known ? running_function(walk) : 0; /* again: others have been looked up */
    if (!found && !known)
        return give_rest(walk, row, end);
    if (!found) {
        walk->end = end;
        return give_lost(walk, row, function);
    }
    walk->recovered = true;
    walk->doubtful = false;
    if (!known)
        return mend_gap(walk, row);
    evidence = record_evidence(&walk->view, walk->head.return_address, function);
    if (evidence == EVIDENCE_AGAINST || evidence == EVIDENCE_NONE || function->kind == CODE_OUTSIDE) {
        walk->lost = true;
        return give_lost(walk, row, function);
    }
    return give_frame(walk, row, function, &walk->head, evidence == EVIDENCE_DIRECT ? TRUST_RECOVERED : TRUST_GUESS,
                      evidence);
}
