/* Giving a row. */
#include "give.h"

void give_bytes(struct walk *walk, struct row *row, uint32_t address)
{
    row->bytes = address > walk->reached ? address - walk->reached : 0;
    walk->reached += row->bytes;
    row->bytes += walk->below_zero;
    walk->below_zero = 0;
}

bool give(struct walk *walk, struct row *row, enum row_kind kind)
{
    row->kind = kind;
    row->trust = TRUST_CHAINED;
    row->stub = false;
    row->bytes = 0;
    row->pc = walk->pc;
    row->function = 0;
    return true;
}

/* How far the row can be trusted: a function that a guess led to is one itself. */
static enum trust trust_in(const struct walk *walk, enum trust trust)
{
    if (walk->doubtful)
        return TRUST_GUESS;
    return walk->recovered && trust != TRUST_GUESS ? TRUST_RECOVERED : trust;
}

bool give_frame(struct walk *walk, struct row *row, const struct function *function, const struct record *record,
                enum trust trust, enum evidence evidence)
{
    bool confirmed = evidence == EVIDENCE_DIRECT && trust != TRUST_GUESS; /* by a direct CALL of this very function */
    bool place_confirmed = !walk->exact && walk->evidence == EVIDENCE_DIRECT;

    if (confirmed && place_confirmed)
        walk->doubtful = false;
    give(walk, row, ROW_FRAME);
    row->trust = trust_in(walk, trust);
    row->function = function;
    row->child_ebp = record->at;
    row->return_address = record->return_address;
    give_bytes(walk, row, record->at);
    walk->child = record->at;
    walk->begun = true;

    if (confirmed)
        walk->doubtful = false;
    walk->beside_ebp = trust == TRUST_FRAMELESS || trust == TRUST_GUESS;
    walk->evidence = evidence;
    walk->back = 0;
    walk->pc = record->return_address;
    walk->pc_known = true;
    walk->exact = false;
    walk->plain = evidence == EVIDENCE_DIRECT && !walk->doubtful && !walk->recovered && !walk->beside_ebp;
    walk->esp = record->at + RECORD_SIZE;
    walk->ebp = record->link;
    return true;
}

bool give_stub(struct walk *walk, struct row *row, const struct function *function, const struct trap *trap)
{
    give(walk, row, ROW_FRAME);
    row->trust = trust_in(walk, TRUST_TRAP);
    row->stub = true;
    row->function = function;
    row->child_ebp = walk->child;
    row->return_address = trap->eip;
    give_bytes(walk, row, walk->child);
    walk->begun = true;

    walk->back = 0;
    walk->pc = trap->eip;
    walk->exact = true;
    walk->plain = false;
    walk->esp = trap->esp;
    walk->ebp = trap->ebp;
    if (!((trap->esp ^ trap->ebp) & 3))
        walk->view.skew = trap->esp & 3;
    if (trap->user)
        walk->end = WALK_USER;
    if (trap->user && trap->esp == walk->esp0) /* where the CPU began the stack anew */
        walk->view.base = trap->esp;
    return true;
}

bool give_lost(struct walk *walk, struct row *row, const struct function *function)
{
    give(walk, row, ROW_LOST);
    row->function = function;
    walk->plain = false;
    return true;
}

bool give_rest(struct walk *walk, struct row *row, enum walk_end end)
{
    walk->end = end;
    walk->done = true;
    walk->plain = false;
    give(walk, row, end == WALK_USER ? ROW_ENTRY : ROW_REST);
    give_bytes(walk, row, walk->view.base);
    return true;
}
