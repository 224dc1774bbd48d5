/* Recovery: one sweep over the stack's words, a small table of live chains moving along. */
#include "recover.h"

#include "prologue.h"
#include "trap.h"

#define CHAINS 32
/* As memory.h counts it. */
#define WORDS_IN_ONE 16 /* bytes of words that are no record */
#define RECORD_WORK 4
#define LOOKUPS_A_RECORD 4
#define NOWHERE 0xffffffffu

/* What a link is worth: random words imitate a direct CALL of the right function in 0.02 % of cases, any CALL in 1.3 %.
   A direct CALL of another function speaks against what is below it: stale frames join the true chain like that. */
#define WORTH_DIRECT 8
#define WORTH_INDIRECT 4
#define WORTH_UNKNOWN 1
#define PENALTY_AGAINST 16

/* A chain that is alive: it expects its next record at an address above. */
struct chain {
    uint32_t expects; /* NOWHERE: this entry is free */
    uint32_t head;
    uint32_t records;
    uint32_t score;   /* what speaks for its links */
    uint32_t pc, esp; /* of the function that the record expected belongs to; pc 0: not known */
    bool framed;      /* it has an EBP frame, so the record is its own and not its caller's */
    bool verified;    /* a CALL is before the return address of the record expected */
};

struct sweep {
    const struct view *view;
    struct function callee; /* whose record a head should be */
    uint32_t least;         /* records that a chain needs */
    struct chain chains[CHAINS];
    uint32_t nearest;  /* the lowest address that a chain expects */
    struct chain best; /* of the complete ones that are long enough; no records: none yet */
};

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

/* Is a the one to give up? That which less speaks for; of equals, that whose next record is farther away. */
static bool weaker(const struct chain *a, const struct chain *b)
{
    return a->score != b->score ? a->score < b->score : a->expects > b->expects;
}

/* Puts the chain in the table: in the place of one that expects the same record and is worse, in a free place, or in
   that of the weakest. */
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
        if (place->expects != NOWHERE && (other->expects == NOWHERE || weaker(other, place)))
            place = other;
    }
    if (place->expects == NOWHERE || weaker(place, chain))
        *place = *chain;
    find_nearest(sweep);
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

static bool leads_up(const struct view *view, const struct record *record, uint32_t link)
{
    return link > record->at && link <= view->base - RECORD_SIZE;
}

/* Is the record the last of its stack, when EBP was link before it? */
static bool is_last(const struct view *view, const struct record *record, uint32_t link)
{
    bool at_bottom = view->base - record->at <= STACK_BOTTOM && !leads_up(view, record, link);

    return !link || at_bottom || link == view->base || link == view->base - 4;
}

static uint32_t worth(enum evidence evidence)
{
    return evidence == EVIDENCE_DIRECT ? WORTH_DIRECT : evidence_verifies(evidence) ? WORTH_INDIRECT : WORTH_UNKNOWN;
}

/* Adds the record at address to the chain. False: none can be there, or it does not fit the chain. A record whose
   return address no CALL left can be the first of all. */
static bool join(struct sweep *sweep, uint32_t address, struct chain *chain)
{
    const struct view *view = sweep->view;
    const struct function *callee = 0;
    struct record record;
    struct trap trap;
    enum evidence evidence;

    if (record_read(view, address, view->limit, &record) != RECORD_GOOD)
        return false;
    chain->expects = address;
    chain->verified = false;
    chain->records++;
    if (trap_above(view, chain->pc, chain->esp, &record, &trap))
        return true;
    if (chain->records == 1)
        callee = &sweep->callee;
    else if (chain->framed)
        callee = code_find(view->code, chain->pc - 1);
    evidence = record_evidence(view, record.return_address, callee);
    if (evidence == EVIDENCE_NONE || code_kind(view->code, record.return_address - 1) == CODE_OUTSIDE)
        return chain->records > 1 && view->base - address <= STACK_BOTTOM && is_last(view, &record, record.link);
    chain->verified = evidence_verifies(evidence);
    if (evidence == EVIDENCE_AGAINST && chain->records > 1) {
        if (chain->score <= PENALTY_AGAINST)
            return false;
        chain->score -= PENALTY_AGAINST;
    }
    chain->score += worth(evidence);
    return true;
}

/* The EBP that the record, the chain's last, leads to, and the function that then runs. */
static uint32_t link_of(const struct view *view, const struct record *record, struct chain *chain, bool *user)
{
    const struct function *caller = code_find(view->code, record->return_address - 1);
    bool framed = caller->named && prologue_has_frame(view->memory, caller->function);
    bool plain = framed && chain->verified;
    uint32_t esp = record->at + RECORD_SIZE;
    struct trap trap;

    *user = false;
    if (trap_above(view, chain->pc, chain->esp, record, &trap) ||
        (!plain && trap_find(view, record->return_address, esp, record->link, &trap))) {
        *user = trap.user;
        chain->pc = trap.eip;
        chain->esp = trap.esp;
        chain->framed = false; /* at its first instruction, say, EBP is still its caller's */
        return trap.ebp;
    }
    chain->pc = record->return_address;
    chain->esp = esp;
    chain->framed = framed;
    return record->link;
}

static bool can_be_head(const struct view *view, const struct record *record)
{
    return leads_up(view, record, record->link) || (record->return_address && is_last(view, record, record->link));
}

static void step(struct sweep *sweep, uint32_t address)
{
    const struct view *view = sweep->view;
    struct chain chain = {NOWHERE, address, 0, 0, 0, 0, false, false};
    bool expected = take(sweep, address, &chain);
    struct record record;
    uint32_t link;
    bool user;

    if (record_read(view, address, view->limit, &record) != RECORD_GOOD)
        return;
    if (!expected && !can_be_head(view, &record))
        return;
    view->memory->work += RECORD_WORK + LOOKUPS_A_RECORD * view->code->lookup_work;
    if (!expected && !join(sweep, address, &chain))
        return;
    link = link_of(view, &record, &chain, &user);
    if (user || is_last(view, &record, link)) {
        if (chain.records >= sweep->least && (!sweep->best.records || better(&chain, &sweep->best)))
            sweep->best = chain;
    } else if (leads_up(view, &record, link) && join(sweep, link, &chain)) {
        keep(sweep, &chain);
    }
}

bool recover_chain(const struct view *view, uint32_t floor, uint32_t callee, uint32_t least, struct record *head)
{
    static struct sweep sweep;

    sweep.view = view;
    sweep.callee.named = callee != 0;
    sweep.callee.function = callee;
    sweep.least = least;
    sweep.nearest = NOWHERE;
    sweep.best.records = 0;
    for (unsigned i = 0; i < CHAINS; i++)
        sweep.chains[i].expects = NOWHERE;
    for (uint32_t at = floor; at >= floor && at < view->base - RECORD_SIZE + 4; at += 4) {
        if (memory_work_done(view->memory))
            return false;
        view->memory->work += at % WORDS_IN_ONE < 4;
        step(&sweep, at);
    }
    return sweep.best.records && record_read(view, sweep.best.head, floor, head) == RECORD_GOOD;
}
