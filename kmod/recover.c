/* Recovery: one sweep over the stack's words, a small table of live chains moving along. */
#include "recover.h"

#include "prologue.h"
#include "trap.h"

#define CHAINS 32
#define NOWHERE 0xffffffffu

/* A chain that is alive: it expects its next record at an address above. */
struct chain {
    uint32_t expects;  /* NOWHERE: this entry is free */
    uint32_t head;
    uint32_t records;
    uint32_t score;    /* what speaks for its links */
    uint32_t function; /* that the next record has to belong to; 0: not known */
    uint32_t function_end;
};

struct sweep {
    const struct view *view;
    uint32_t floor;
    struct chain chains[CHAINS];
    uint32_t nearest;  /* the lowest address that a chain expects */
    struct chain best; /* of the complete ones; no records: none yet */
};

/* What a piece of evidence is worth: a link that random words imitate in 0.02 % of cases, in 1.3 %, unknown. */
static uint32_t worth(enum evidence evidence)
{
    return evidence == EVIDENCE_DIRECT ? 8 : evidence == EVIDENCE_INDIRECT ? 4 : 1;
}

/* Is a the better chain? Of equals, the one nearest to the stack's end. */
static bool better(const struct chain *a, const struct chain *b)
{
    return a->score != b->score ? a->score > b->score : a->head < b->head;
}

static void find_nearest(struct sweep *sweep)
{
    sweep->nearest = NOWHERE;
    for (unsigned i = 0; i < CHAINS; i++)
        if (sweep->chains[i].expects < sweep->nearest)
            sweep->nearest = sweep->chains[i].expects;
}

/* Puts the chain in the table: in the place of one that expects the same record and is worse, in a free place, or in that
   of the shortest. */
static void keep(struct sweep *sweep, const struct chain *chain)
{
    struct chain *place = &sweep->chains[0];

    for (unsigned i = 0; i < CHAINS; i++) {
        struct chain *other = &sweep->chains[i];

        if (other->expects == chain->expects) {
            if (better(chain, other))
                *other = *chain;
            return;
        }
        if (place->expects != NOWHERE && (other->expects == NOWHERE || other->records < place->records))
            place = other;
    }
    if (place->expects == NOWHERE || place->records <= chain->records)
        *place = *chain;
}

/* Takes the chain that expects a record at address out of the table. */
static bool take(struct sweep *sweep, uint32_t address, struct chain *chain)
{
    if (address != sweep->nearest)
        return false;
    for (unsigned i = 0; i < CHAINS; i++)
        if (sweep->chains[i].expects == address) {
            *chain = sweep->chains[i];
            sweep->chains[i].expects = NOWHERE;
            find_nearest(sweep);
            return true;
        }
    return false;
}

static bool leads_up(const struct view *view, const struct record *record)
{
    return record->link > record->at && record->link < view->base && !(record->link & 3);
}

/* Where the chain goes on behind record. False: it is complete. */
static bool next_record(const struct view *view, const struct record *record, struct chain *chain)
{
    struct function *caller = code_find(view->code, record->return_address - 1);
    bool may_be_stub = !caller->named || !prologue_has_frame(view->memory, caller->function);
    struct trap trap;

    if (trap_above(view, record, &trap) || (may_be_stub && trap_find(view, record, &trap))) {
        struct function *interrupted = code_find(view->code, trap.eip);

        chain->expects = trap.ebp;
        chain->function = 0; /* it may be frameless, and then EBP is its caller's */
        if (interrupted->named && prologue_has_frame(view->memory, interrupted->function))
            chain->function = interrupted->function;
        return !trap.user && trap.ebp > trap.at && trap.ebp < view->base - RECORD_SIZE;
    }
    chain->expects = record->link;
    chain->function = caller->named && !may_be_stub ? caller->function : 0;
    return record->link && record->link < view->base - RECORD_SIZE;
}

/* The evidence that record belongs to the function that the chain is in. */
static enum evidence evidence_for(const struct view *view, const struct record *record, const struct chain *chain)
{
    struct function function = {0};
    struct trap trap;

    function.named = chain->function != 0;
    function.function = chain->function;
    if (trap_above(view, record, &trap))
        return EVIDENCE_UNKNOWN;
    return record_evidence(view, record->return_address, &function);
}

/* Can the words at address be a record at all? */
static bool candidate(const struct view *view, uint32_t address, struct record *record)
{
    struct trap trap;

    if (record_read(view, address, view->limit, record) != RECORD_GOOD)
        return false;
    if (leads_up(view, record) || !record->link || record->link == view->base)
        return code_kind(view->code, record->return_address - 1) != CODE_OUTSIDE || trap_above(view, record, &trap);
    /* The link is the user's EBP: only a trap from user mode makes that a record. */
    return (trap_above(view, record, &trap) || trap_find(view, record, &trap)) && trap.user;
}

static void step(struct sweep *sweep, uint32_t address)
{
    struct chain chain = {NOWHERE, address, 0, 0, 0, 0};
    bool expected = take(sweep, address, &chain);
    struct record record;
    enum evidence evidence;

    if (!candidate(sweep->view, address, &record))
        return;
    evidence = evidence_for(sweep->view, &record, &chain);
    if (evidence == EVIDENCE_NONE)
        return;
    if (evidence == EVIDENCE_AGAINST) {
        if (expected)
            chain = (struct chain){NOWHERE, address, 0, 0, 0, 0};
        evidence = EVIDENCE_INDIRECT;
    }
    chain.records++;
    chain.score += worth(evidence);
    if (next_record(sweep->view, &record, &chain)) {
        keep(sweep, &chain);
        find_nearest(sweep);
    } else if (!sweep->best.records || better(&chain, &sweep->best)) {
        sweep->best = chain;
    }
}

bool recover_chain(const struct view *view, uint32_t floor, uint32_t least, struct record *head)
{
    static struct sweep sweep;

    sweep.view = view;
    sweep.floor = floor;
    sweep.nearest = NOWHERE;
    sweep.best.records = 0;
    for (unsigned i = 0; i < CHAINS; i++)
        sweep.chains[i].expects = NOWHERE;
    for (uint32_t at = floor; at >= floor && at < view->base - RECORD_SIZE + 4; at += 4)
        step(&sweep, at);
    return sweep.best.records >= least && record_read(view, sweep.best.head, floor, head) == RECORD_GOOD;
}
