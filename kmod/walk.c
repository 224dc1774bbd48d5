/* The walk: from the innermost function outward, one row at a time. */
#include "walk.h"

#include "prologue.h"
#include "recover.h"
#include "registry.h"
#include "trap.h"

#define CALL_DIRECT_OPCODE 0xe8
#define CALL_DIRECT_LENGTH 5

#define SCAN_LONGEST 4096      /* bytes in which the return address of a frameless function is searched */
#define LEAST_AFTER_ZERO 3     /* records that make a chain above a zero EBP more likely than the end of the stack */
#define LEAST_AFTER_BREAK 2
#define SWITCHES_MOST 8

void walk_begin(struct walk *walk, const struct walk_start *start)
{
    walk->view = start->view;
    walk->stacks = start->stacks;
    walk->pc = start->eip;
    walk->exact = true;
    walk->pc_known = start->eip_known;
    walk->plain = false;
    walk->esp = start->esp;
    walk->ebp = start->ebp;
    walk->reached = start->esp;
    walk->child = start->esp;
    walk->trust = TRUST_CHAINED;
    walk->budget = (start->view.base - start->view.limit) / 4 + 16;
    walk->lost = false;
    walk->switches = 0;
    walk->end = WALK_NOT_ENDED;
    walk->done = false;
}

/* Takes the bytes up to address into the row. */
static void reach(struct walk *walk, struct row *row, uint32_t address)
{
    row->bytes = address > walk->reached ? address - walk->reached : 0;
    walk->reached += row->bytes;
}

static bool give(struct walk *walk, struct row *row, enum row_kind kind)
{
    row->kind = kind;
    row->trust = walk->trust;
    row->bytes = 0;
    row->pc = walk->pc;
    row->function = 0;
    return true;
}

static bool give_frame(struct walk *walk, struct row *row, const struct function *function, const struct record *record,
                       enum trust trust)
{
    give(walk, row, ROW_FRAME);
    row->trust = trust;
    row->function = function;
    row->child_ebp = record->at;
    row->return_address = record->return_address;
    reach(walk, row, record->at);
    walk->child = record->at;
    return true;
}

/* Goes on behind the record: with the function that its return address is in. */
static void leave(struct walk *walk, const struct record *record, enum evidence evidence)
{
    walk->evidence = evidence;
    walk->pc = record->return_address;
    walk->exact = false;
    walk->pc_known = true;
    walk->plain = evidence == EVIDENCE_DIRECT;
    walk->esp = record->at + RECORD_SIZE;
    walk->ebp = record->link;
}

/* Goes on with the function that a trap interrupted. */
static void interrupted(struct walk *walk, const struct trap *trap)
{
    walk->pc = trap->eip;
    walk->exact = true;
    walk->pc_known = true;
    walk->plain = false;
    walk->esp = trap->esp;
    walk->ebp = trap->ebp;
}

/* The last row. */
static bool give_rest(struct walk *walk, struct row *row, enum walk_end end)
{
    walk->end = end;
    walk->done = true;
    walk->plain = false;
    give(walk, row, ROW_REST);
    reach(walk, row, walk->view.base);
    return true;
}

static bool framed(const struct walk *walk, struct function *function)
{
    if (!function->named)
        return true;
    if (function->framing == FRAMING_NOT_ASKED)
        function->framing =
            prologue_has_frame(walk->view.memory, function->function) ? FRAMING_EBP : FRAMING_NONE;
    return function->framing == FRAMING_EBP;
}

/* --- frames that the code tells, not EBP --- */

/* The return address at address, and the record that a frame would have there: as kf, ChildEBP is the word below. */
static bool return_address_at(const struct walk *walk, uint32_t address, uint32_t link, struct record *record)
{
    if (address & 3 || address < walk->esp || address >= walk->view.base)
        return false;
    record->at = address - 4;
    record->link = link;
    return memory_word(walk->view.memory, address, &record->return_address);
}

/* Without a symbol or a readable prologue: the first word whose CALL is of this function, or else might be. */
static bool scan(const struct walk *walk, const struct function *function, struct record *record,
                 enum evidence *evidence)
{
    struct record found;
    bool any = false;

    for (uint32_t at = walk->esp; at < walk->view.base && at - walk->esp < SCAN_LONGEST; at += 4) {
        enum evidence here;

        if (!return_address_at(walk, at, walk->ebp, &found))
            break;
        here = record_evidence(&walk->view, found.return_address, function);
        if (here == EVIDENCE_DIRECT || (here == EVIDENCE_INDIRECT && !any)) {
            *record = found;
            *evidence = here;
            any = true;
        }
        if (here == EVIDENCE_DIRECT)
            break;
    }
    return any;
}

/* Where the function has its return address now. Recursion asks the same again and again. */
static struct frame_state state_at(const struct walk *walk, struct function *function)
{
    uint32_t start = function->named ? function->function : 0;

    if (walk->exact)
        return prologue_state(walk->view.memory, start, walk->pc, false);
    if (function->state_pc != walk->pc) {
        function->state = prologue_state(walk->view.memory, start, walk->pc, true);
        function->state_pc = walk->pc;
    }
    return function->state;
}

/* Finds the frame of a function that stands in its prologue or epilogue, or has no EBP frame at all. */
static bool frame_by_code(const struct walk *walk, struct function *function, bool framed, struct record *record,
                          enum evidence *evidence, enum trust *trust)
{
    struct frame_state state = state_at(walk, function);
    uint32_t link = walk->ebp;

    *trust = framed ? walk->trust : TRUST_FRAMELESS;
    if (state.base == FRAME_BASE_ESP) {
        if (state.ebp_saved && !memory_word(walk->view.memory, walk->esp + state.ebp_offset, &link))
            return false;
        if (return_address_at(walk, walk->esp + state.return_offset, link, record)) {
            *evidence = record_evidence(&walk->view, record->return_address, function);
            if (evidence_verifies(*evidence) || (state.exact && *evidence != EVIDENCE_NONE))
                return true;
        }
    }
    if (framed || state.base == FRAME_BASE_EBP)
        return false;
    *trust = TRUST_GUESS;
    return scan(walk, function, record, evidence);
}

/* A call through a null pointer, or into data: nothing ran there, so the return address is still on top. */
static bool frame_of_wild_call(const struct walk *walk, struct record *record, enum evidence *evidence)
{
    uint8_t byte;
    bool no_code = code_kind(walk->view.code, walk->pc) == CODE_OUTSIDE ||
                   !memory_code(walk->view.memory, walk->pc, &byte, 1);

    if (!no_code || !return_address_at(walk, walk->esp, walk->ebp, record))
        return false;
    *evidence = record_evidence(&walk->view, record->return_address, 0);
    return evidence_verifies(*evidence);
}

/* --- when EBP does not lead on --- */

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

/* Where the next record can be at the lowest. */
static uint32_t floor_of(const struct walk *walk)
{
    return walk->esp & ~3u;
}

/* The chain is broken, and function is the one whose frame is missing; 0: not known. Recovers the chain or ends. */
static bool give_break(struct walk *walk, struct row *row, const struct function *function, enum walk_end end,
                       uint32_t least)
{
    struct record head;
    enum evidence evidence = EVIDENCE_AGAINST;
    bool before = walk->exact && walk->reached == walk->child; /* no frame was given yet */

    if (!recover_chain(&walk->view, floor_of(walk), least, &head)) {
        if (!function)
            return give_rest(walk, row, end);
        walk->end = end;
        give(walk, row, ROW_LOST);
        row->function = function;
        return true;
    }
    walk->trust = TRUST_RECOVERED;
    if (function) {
        evidence = record_evidence(&walk->view, head.return_address, function);
        if (evidence == EVIDENCE_AGAINST || evidence == EVIDENCE_NONE) {
            walk->lost = true;
            give(walk, row, ROW_LOST);
            row->function = function;
            return true;
        }
        give_frame(walk, row, function, &head, evidence == EVIDENCE_DIRECT ? TRUST_RECOVERED : TRUST_GUESS);
        leave(walk, &head, evidence);
        return true;
    }
    walk->lost = false;
    give(walk, row, before ? ROW_BEFORE : ROW_GAP);
    row->child_ebp = head.at;
    row->return_address = head.return_address;
    reach(walk, row, head.at);
    walk->child = head.at;
    leave(walk, &head, record_evidence(&walk->view, head.return_address, 0));
    return true;
}

/* The other stack that ebp leads into. */
static const struct ksg_stack *stack_of(const struct walk *walk, uint32_t ebp)
{
    const struct ksg_stack *stack = walk->stacks;

    for (unsigned i = 0; stack && i < REGISTRY_LONGEST && registry_stack_whole(stack); i++, stack = stack->next)
        if (ebp >= stack->limit && ebp <= stack->base - RECORD_SIZE && stack->base != walk->view.base)
            return stack;
    return 0;
}

static bool give_switch(struct walk *walk, struct row *row, const struct ksg_stack *stack)
{
    if (walk->reached < walk->view.base && walk->view.base != walk->view.limit) {
        give(walk, row, ROW_REST);
        reach(walk, row, walk->view.base);
        return true;
    }
    give(walk, row, ROW_SWITCH);
    row->stack = stack;
    walk->switches++;
    walk->view.limit = stack->limit;
    walk->view.base = stack->base;
    walk->budget = (stack->base - stack->limit) / 4 + 16;
    walk->esp = walk->ebp;
    walk->reached = walk->ebp;
    return true;
}

/* --- one row --- */

static bool give_stub(struct walk *walk, struct row *row, const struct function *function, const struct trap *trap)
{
    struct record repeated = {walk->child, 0, trap->eip};

    give_frame(walk, row, function, &repeated, TRUST_TRAP);
    interrupted(walk, trap);
    if (trap->user)
        walk->end = WALK_USER;
    return true;
}

static bool give_user(struct walk *walk, struct row *row)
{
    give(walk, row, ROW_USER);
    row->child_ebp = walk->ebp;
    row->function = code_find(walk->view.code, walk->pc);
    walk->pc_known = false;
    return true;
}

/* The function's frame is where EBP says. */
static bool give_by_ebp(struct walk *walk, struct row *row, const struct function *function)
{
    struct record record;
    struct trap trap;
    enum evidence evidence;
    enum record_error error = record_read(&walk->view, walk->ebp, floor_of(walk), &record);

    if (error != RECORD_GOOD) {
        const struct ksg_stack *stack = error == RECORD_OFF && walk->switches < SWITCHES_MOST ? stack_of(walk, walk->ebp) : 0;

        if (stack)
            return give_switch(walk, row, stack);
        return give_break(walk, row, function, walk->ebp ? end_for(error) : WALK_ZERO, LEAST_AFTER_BREAK);
    }
    if (trap_above(&walk->view, &record, &trap)) {
        if (walk->exact)
            walk->child = record.at;
        return give_stub(walk, row, function, &trap);
    }
    evidence = record_evidence(&walk->view, record.return_address, function);
    if (evidence == EVIDENCE_NONE && record.link)
        return give_break(walk, row, function, WALK_NO_CODE, LEAST_AFTER_BREAK);
    if (evidence == EVIDENCE_AGAINST) {
        enum evidence found_evidence;
        struct record found;

        if (scan(walk, function, &found, &found_evidence) && found.at < record.at) {
            give_frame(walk, row, function, &found, TRUST_GUESS);
            leave(walk, &found, found_evidence);
            return true;
        }
        give_frame(walk, row, function, &record, TRUST_GUESS);
    } else {
        give_frame(walk, row, function, &record, walk->trust);
    }
    leave(walk, &record, evidence);
    return true;
}

static bool give_function(struct walk *walk, struct row *row)
{
    struct function *function = code_find(walk->view.code, walk->exact ? walk->pc : walk->pc - 1);
    bool has_frame = framed(walk, function);
    bool plain = function->named && has_frame;
    struct record record;
    struct trap trap;
    enum evidence evidence;
    enum trust trust;

    if (!walk->exact) {
        const struct record callee = {walk->esp - RECORD_SIZE, walk->ebp, walk->pc};
        bool ends_at_base = walk->ebp >= walk->view.base - RECORD_SIZE && walk->ebp <= walk->view.base;

        if (!(plain && evidence_verifies(walk->evidence)) && trap_find(&walk->view, &callee, &trap))
            return give_stub(walk, row, function, &trap);
        if (walk->evidence == EVIDENCE_NONE)
            return walk->ebp ? give_break(walk, row, 0, WALK_NO_CODE, LEAST_AFTER_BREAK)
                             : give_break(walk, row, 0, WALK_ZERO, LEAST_AFTER_ZERO);
        if (has_frame && !walk->ebp)
            return give_break(walk, row, function, WALK_ZERO, LEAST_AFTER_ZERO);
        if (has_frame && ends_at_base)
            return give_rest(walk, row, WALK_BASE);
    } else if (trap_here(&walk->view, walk->pc, walk->esp, walk->ebp, &trap)) {
        return give_stub(walk, row, function, &trap);
    } else if (frame_of_wild_call(walk, &record, &evidence)) {
        give_frame(walk, row, code_find(walk->view.code, walk->pc), &record, TRUST_FRAMELESS);
        leave(walk, &record, evidence);
        return true;
    }
    if ((walk->exact || !has_frame) && frame_by_code(walk, function, has_frame, &record, &evidence, &trust)) {
        give_frame(walk, row, function, &record, trust);
        leave(walk, &record, evidence);
        return true;
    }
    return give_by_ebp(walk, row, function);
}

/*
 * The usual case, for speed: a function that sets up EBP, entered by a direct CALL. It has the checks of give_function and
 * give_by_ebp in an order that makes them cheap; no stub is entered by a CALL, so there is no trap to look for, and EBP
 * leads strictly upward, so there is no budget to keep. Whatever is unusual is left to them: then the walk is as it was.
 */
static bool give_plain(struct walk *walk, struct row *row)
{
    const struct function *function = code_seen(walk->view.code, walk->pc - 1);
    uint32_t floor = walk->esp;
    uint32_t ebp = walk->ebp;
    const uint8_t *words = memory_seen(&walk->view.memory->data, ebp, RECORD_SIZE);
    const uint8_t *call;
    uint32_t return_address;

    if (!function || function->framing != FRAMING_EBP || !words)
        return false;
    if (ebp & 3 || ebp < floor || ebp >= walk->view.base - RECORD_SIZE)
        return false;
    return_address = memory_load(words + 4);
    call = memory_seen(&walk->view.memory->code, return_address - CALL_DIRECT_LENGTH, CALL_DIRECT_LENGTH);
    if (!call || *call != CALL_DIRECT_OPCODE || return_address + memory_load(call + 1) != function->function)
        return false;

    row->kind = ROW_FRAME;
    row->trust = walk->trust;
    row->bytes = ebp - walk->reached;
    row->child_ebp = ebp;
    row->return_address = return_address;
    row->pc = walk->pc;
    row->function = function;
    walk->reached = walk->child = ebp;
    walk->pc = return_address;
    walk->esp = ebp + RECORD_SIZE;
    walk->ebp = memory_load(words);
    return true;
}

/* All others. Apart, so that the usual case pays nothing for them. */
__attribute__((noinline)) static bool give_next(struct walk *walk, struct row *row)
{
    if (walk->done)
        return false;
    if (walk->end == WALK_USER && walk->pc_known)
        return give_user(walk, row);
    if (walk->end != WALK_NOT_ENDED)
        return give_rest(walk, row, walk->end);
    if (walk->budget-- == 0)
        return give_rest(walk, row, WALK_BUDGET);
    if (walk->lost || !walk->pc_known)
        return give_break(walk, row, 0, WALK_OFF, LEAST_AFTER_BREAK);
    return give_function(walk, row);
}

bool walk_next(struct walk *walk, struct row *row)
{
    if (walk->plain && give_plain(walk, row))
        return true;
    return give_next(walk, row);
}
