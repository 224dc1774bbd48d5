/* Answers that take much work, kept for the next walk. */
#include "costly.h"

#include "facts.h"
#include "recover.h"

#define PLACES_TRIED 4
#define SUM_LONGEST 0x100000u /* bytes */
#define SUMMED_IN_ONE 64 /* bytes: that work is 1, as memory.h counts it */
#define HASH_MULTIPLIER 0x9e3779b1u

void costly_begin(struct costly *costly)
{
    costly->work = 0;
    costly->chain_count = 0;
    for (unsigned i = 0; i < COSTLY_STATES; i++)
        costly->states[i].check = 0;
    for (unsigned i = 0; i < COSTLY_TAILS; i++)
        costly->tails[i].check = 0;
}

/* Never 0: that is a free entry. What was damaged meanwhile counts as one. */
static uint32_t check_of_state(const struct costly_state *entry)
{
    const struct frame_state *state = &entry->state;
    uint32_t flags = state->base | (uint32_t)state->exact << 8 | (uint32_t)state->realigned << 9 |
                     (uint32_t)state->ebp_saved << 10 | (uint32_t)state->ebp_pushed << 11 | entry->exact << 12;
    uint32_t words[] = {entry->pc, flags, state->return_offset, state->ebp_offset};

    return facts_sum(words, sizeof words / sizeof *words) | 1;
}

static uint32_t check_of_chain(const struct costly_chain *entry)
{
    uint32_t words[] = {entry->floor, entry->base,  entry->callee, entry->least,
                        entry->words, entry->answer, entry->head};

    return facts_sum(words, sizeof words / sizeof *words) | 1;
}

/* The entry with the answer, or a free one for it. 0: there is neither. */
static struct costly_state *entry_of(struct costly *costly, uint32_t pc, bool exact)
{
    uint32_t place = (pc + exact) * HASH_MULTIPLIER >> 16;

    for (unsigned i = 0; i < PLACES_TRIED; i++, place++) {
        struct costly_state *entry = &costly->states[place % COSTLY_STATES];

        if (!entry->check || entry->check != check_of_state(entry)) {
            entry->check = 0;
            return entry;
        }
        if (entry->pc == pc && entry->exact == exact)
            return entry;
    }
    return 0;
}

struct frame_state costly_state(const struct view *view, const struct function *function, uint32_t pc, bool exact)
{
    uint32_t start = function->named ? function->function : 0;
    uint32_t end = function->named ? function->end : UINT32_MAX;
    struct costly *costly = &view->code->costly;
    struct memory *memory = view->memory;
    struct costly_state *entry = entry_of(costly, pc, exact);
    uint32_t work = memory->work;

    if (!entry || (!entry->check && costly->work >= COSTLY_WORK_MOST))
        return prologue_state(memory, start, end, pc, !exact);
    if (entry->check)
        return entry->state;
    entry->pc = pc;
    entry->exact = exact;
    entry->state = prologue_state(memory, start, end, pc, !exact);
    entry->check = check_of_state(entry);
    costly->work += memory->work - work;
    memory->work = work;
    return entry->state;
}

/* Of the words that can be read. Fast rather than good. */
static uint32_t sum_of(struct memory *memory, uint32_t start, uint32_t end)
{
    uint32_t sum = 0, word;

    for (uint32_t at = start; at < end && at - start < SUM_LONGEST; at += 4) {
        if (memory_holds(&memory->data, at, 4))
            word = memory_load(memory_at(&memory->data, at));
        else if (!memory_word(memory, at, &word))
            word = at;
        sum = (sum << 1 | sum >> 31) + word;
    }
    return sum;
}

static struct costly_chain *known_chain(struct costly *costly, const struct costly_chain *wanted)
{
    for (unsigned i = 0; i < costly->chain_count && i < COSTLY_CHAINS; i++) {
        struct costly_chain *chain = &costly->chains[i];

        if (chain->floor == wanted->floor && chain->base == wanted->base && chain->callee == wanted->callee &&
            chain->least == wanted->least && chain->words == wanted->words && chain->check == check_of_chain(chain))
            return chain;
    }
    return 0;
}

bool costly_chain(const struct view *view, uint32_t floor, uint32_t callee, uint32_t least, struct record *head)
{
    struct costly *costly = &view->code->costly;
    struct memory *memory = view->memory;
    struct costly_chain asked = {floor, view->base, callee, least, sum_of(memory, floor, view->base), 0, 0, 0};
    const struct costly_chain *known = known_chain(costly, &asked);
    uint32_t work, work_most = memory->work_most;
    bool found;

    work = memory->work += (view->base - floor) % SUM_LONGEST / SUMMED_IN_ONE;
    if (known && known->answer == COSTLY_GIVEN_UP)
        memory->work = work_most;
    if (known)
        return known->answer == COSTLY_FOUND && record_read(view, known->head, floor, head) == RECORD_GOOD;
    if (costly->chain_count >= COSTLY_CHAINS || costly->work >= COSTLY_WORK_MOST)
        return recover_chain(view, floor, callee, least, head);
    memory->work = costly->work;
    memory->work_most = COSTLY_WORK_MOST;
    found = recover_chain(view, floor, callee, least, head);
    costly->work = memory->work;
    asked.answer = memory_work_done(memory) ? COSTLY_GIVEN_UP : found ? COSTLY_FOUND : COSTLY_NONE;
    asked.head = found ? head->at : 0;
    memory->work = asked.answer == COSTLY_GIVEN_UP ? work_most : work;
    memory->work_most = work_most;
    asked.check = check_of_chain(&asked);
    costly->chains[costly->chain_count++] = asked;
    return found;
}
