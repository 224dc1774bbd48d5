/* Where a frame is that EBP does not show. */
#include "locate.h"

#include "flow.h"
#include "prologue.h"
#include "realigned.h"
#include "running.h"

#define NEAR 32           /* bytes that a callee may have popped, and its caller's code does not show */
#define STACK_LAST 16     /* bytes below the base in which a word of 0 is the first function's return address, by guess */
#define SCAN_LONGEST 4096 /* bytes in which the return address of a frameless function is searched */

bool locate_return_address(const struct walk *walk, uint32_t address, uint32_t link, struct record *record)
{
    if (!view_aligned(&walk->view, address) || address < walk->esp || address >= walk->view.base)
        return false;
    record->at = address - 4;
    record->link = link;
    return memory_word(walk->view.memory, address, &record->return_address);
}

/* The code does not tell exactly where the return address is: it may be some words off. Then this is a guess, but for the one
   word that a direct CALL of this function left. */
static bool look_near(const struct walk *walk, const struct function *function, const struct frame_state *state,
                      struct record *record, enum evidence *evidence, enum trust *trust)
{
    uint32_t middle = record->at + 4;
    uint32_t to_link = state->ebp_offset - state->return_offset;
    struct record found;
    unsigned direct = 0;

    for (uint32_t at = middle - NEAR; at != middle + NEAR + 4; at += 4) {
        enum evidence here = EVIDENCE_NONE;

        if (locate_return_address(walk, at, walk->ebp, &found))
            here = record_evidence(&walk->view, found.return_address, function);
        direct += here == EVIDENCE_DIRECT;
        if (!evidence_verifies(here) || here <= *evidence ||
            (state->ebp_saved && !memory_word(walk->view.memory, at + to_link, &found.link)))
            continue;
        *evidence = here;
        *record = found;
    }
    *trust = direct == 1 && *evidence == EVIDENCE_DIRECT ? TRUST_FRAMELESS : TRUST_GUESS;
    return evidence_verifies(*evidence);
}

bool locate_by_code(const struct walk *walk, struct function *function, struct record *record, enum evidence *evidence,
                    enum trust *trust)
{
    struct frame_state state =
        walk->back ? costly_state(&walk->view, function, walk->back, true) : running_state(walk, function);
    uint32_t link = walk->ebp;
    bool odd = state.base == FRAME_BASE_EBP && (state.return_offset != 4 || state.ebp_offset != 0);
    uint32_t base = odd ? walk->ebp : walk->esp;
    uint32_t original;

    if (state.base != FRAME_BASE_ESP && !odd)
        return false;
    if ((odd || state.ebp_saved) && !memory_word(walk->view.memory, base + state.ebp_offset, &link))
        return false;
    if (!locate_return_address(walk, base + state.return_offset, link, record))
        return false;
    if (state.ebp_pushed && !record_leads_up(&walk->view, record->at, link) &&
        memory_word(walk->view.memory, base + state.ebp_offset, &link) && record_leads_up(&walk->view, record->at, link))
        record->link = link;
    *evidence = record_evidence(&walk->view, record->return_address, function);
    if (!odd && !state.exact && !evidence_verifies(*evidence) && !running_has_frame(walk, function) &&
        look_near(walk, function, &state, record, evidence, trust))
        return true;
    *trust = running_has_frame(walk, function) ? TRUST_CHAINED : TRUST_FRAMELESS;
    if (*evidence == EVIDENCE_AGAINST || (!state.exact && *evidence != EVIDENCE_DIRECT))
        *trust = TRUST_GUESS;
    if (state.realigned && realigned_original(walk, function, record->at + 4, &original))
        record->at = original - 4;
    else if (state.realigned)
        *trust = TRUST_GUESS; /* where ESP goes on is not known */
    if (*evidence == EVIDENCE_NONE)
        return !record->return_address && walk->view.base - record->at <= (state.exact ? STACK_BOTTOM : STACK_LAST);
    return state.exact || evidence_verifies(*evidence);
}

bool locate_by_esp(const struct walk *walk, const struct function *function, struct record *record,
                   enum evidence *evidence)
{
    static struct shape shape; /* the handler's stack is small */
    struct memory *memory = walk->view.memory;
    uint32_t start, link;

    if (!function->named ||
        flow_from_start(memory, function->function, walk->pc, !walk->exact, true, &shape) != FLOW_ARRIVED ||
        shape.esp.base != PLACE_ESP || shape.saved.base != PLACE_ESP)
        return false;
    start = walk->esp - (uint32_t)shape.esp.offset; /* what ESP was: the return address lies there */
    if (!memory_word(memory, start + (uint32_t)shape.saved.offset, &link) ||
        !locate_return_address(walk, start, link, record))
        return false;
    *evidence = record_evidence(&walk->view, record->return_address, function);
    return *evidence == EVIDENCE_DIRECT || (shape.esp.sure && evidence_verifies(*evidence));
}

bool locate_wild_call(const struct walk *walk, const struct function *function, struct record *record,
                      enum evidence *evidence)
{
    uint8_t byte;
    bool no_code = function->kind == CODE_OUTSIDE || !memory_code(walk->view.memory, walk->pc, &byte, 1);

    if (!no_code || !locate_return_address(walk, walk->esp, walk->ebp, record))
        return false;
    *evidence = record_evidence(&walk->view, record->return_address, 0);
    return evidence_verifies(*evidence);
}

/* Is EBP what it was when the function was entered? */
static bool keeps_ebp(const struct walk *walk, const struct function *function)
{
    static struct shape shape; /* the handler's stack is small */
    enum flow_arrival arrival = FLOW_LOST;

    if (function->named)
        arrival = flow_from_start(walk->view.memory, function->function, walk->pc, !walk->exact, false, &shape);
    return arrival == FLOW_ARRIVED && shape_ebp_untouched(&shape);
}

uint32_t locate_end(const struct walk *walk, const struct function *function)
{
    bool leads_up = walk->ebp >= walk->esp && walk->ebp < walk->view.base;

    return leads_up && keeps_ebp(walk, function) ? walk->ebp : walk->view.base;
}

static bool scan(const struct walk *walk, const struct function *function, uint32_t start, uint32_t end,
                 enum evidence least, struct record *record, enum evidence *evidence)
{
    struct record found;
    bool any = false;

    for (uint32_t at = start; at < end && at - walk->esp < SCAN_LONGEST; at += 4) {
        enum evidence here;

        if (!locate_return_address(walk, at, walk->ebp, &found) || memory_work_done(walk->view.memory))
            break;
        walk->view.memory->work += walk->view.code->lookup_work;
        if (code_kind(walk->view.code, found.return_address - 1) == CODE_OUTSIDE)
            continue;
        here = record_evidence(&walk->view, found.return_address, function);
        if (here >= least && (!any || here == EVIDENCE_DIRECT)) {
            *record = found;
            *evidence = here;
            any = true;
        }
        if (here == EVIDENCE_DIRECT)
            break;
    }
    return any;
}

bool locate_by_scan(const struct walk *walk, const struct function *function, uint32_t end, enum evidence least,
                    struct record *record, enum evidence *evidence)
{
    return scan(walk, function, walk_floor(walk), end, least, record, evidence);
}

bool locate_direct_call(struct walk *walk, const struct function *function, uint32_t *return_address)
{
    uint32_t floor = walk_floor(walk);
    uint32_t reach = walk->view.base - floor;
    struct uncalled *uncalled = &walk->uncalled[function->function / 16 % UNCALLED];
    struct record record;
    enum evidence evidence;
    bool found;

    if (uncalled->function != function->function || floor < uncalled->from || floor > uncalled->to)
        *uncalled = (struct uncalled){function->function, floor, floor};
    found = scan(walk, function, uncalled->to, walk->view.base, EVIDENCE_DIRECT, &record, &evidence);
    uncalled->to = found ? record.at + 4 : floor + (reach < SCAN_LONGEST ? reach : SCAN_LONGEST);
    if (found)
        *return_address = record.return_address;
    return found;
}
