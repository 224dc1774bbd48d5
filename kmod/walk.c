/* The walk: from the innermost function outward, one row at a time. */
#include "walk.h"

#include "entered.h"
#include "give.h"
#include "locate.h"
#include "mend.h"
#include "probing.h"
#include "realigned.h"
#include "running.h"
#include "skew.h"
#include "switch.h"
#include "trap.h"

#define ROW_WORK 8 /* as memory.h counts it */

void walk_begin(struct walk *walk, const struct walk_start *start)
{
    walk->view = start->view;
    walk->view.skew = skew_of(start->esp, start->ebp);
    walk->stacks = start->stacks;
    walk->esp0 = start->esp0;
    walk->pc = start->eip;
    walk->exact = true;
    walk->pc_known = start->eip_known;
    walk->plain = false;
    walk->esp = start->esp;
    walk->ebp = start->ebp;
    walk->registers = start->registers;
    walk->reached = start->esp;
    walk->below_zero = start->below_zero;
    walk->child = start->esp;
    walk->begun = false;
    walk->verified_only = start->verified_only;
    walk->recovered = false;
    walk->doubtful = false;
    walk->beside_ebp = false;
    for (unsigned i = 0; i < UNCALLED; i++)
        walk->uncalled[i].to = 0;
    walk->budget = start->cut ? start->cut - 1 : WALK_ROWS_MOST;
    walk->work = 0;
    walk->work_most = WALK_WORK_LATER;
    walk->lost = false;
    walk->entering = 0;
    walk->back = 0;
    walk->switches = 0;
    walk->end = WALK_NOT_ENDED;
    walk->done = false;
}

void walk_begin_first(struct walk *walk, struct walk_start *start)
{
    start->cut = 0;
    walk_begin(walk, start);
    walk->work_most = WALK_WORK_MOST;
}

void walk_cut(const struct walk *walk, struct walk_start *start)
{
    if (walk->end == WALK_BUDGET)
        start->cut = WALK_ROWS_MOST - walk->budget + 1;
}

/* Is there a function's first instruction at address? Then it can stand in for a return address: of the exit function,
   where a thread was started by push exit; push entry; ret. */
static bool starts_function(const struct walk *walk, uint32_t address)
{
    const struct function *function = code_find(walk->view.code, address);

    return function->named && function->function == address;
}

/* EBP led to the copy of a return address: ESP returns over the original. Where that cannot be told, whatever ESP leads
   to is a guess. */
static void leave_realigned(struct walk *walk, const struct function *function)
{
    uint32_t original;

    if (realigned_original(walk, function, walk->child + 4, &original)) {
        walk->esp = original + 4;
    } else {
        walk->doubtful = true;
        walk->plain = false;
    }
}

/* Is it the frame of a stack's first function, that nobody called? Then any EBP may be in it, as of a boot loader. */
static bool is_first(const struct walk *walk, uint32_t at, uint32_t return_address, uint32_t link)
{
    return !return_address && walk->view.base - at <= STACK_BOTTOM && !record_leads_up(&walk->view, at, link);
}

/* The function's frame should be where EBP says, and is not, since its callee uses EBP for something else. ESP tells. Apart:
   record and evidence are not on the stack otherwise. */
__attribute__((noinline)) static bool give_by_esp(struct walk *walk, struct row *row, const struct function *function)
{
    struct record record;
    enum evidence evidence;

    return walk->beside_ebp && locate_by_esp(walk, function, &record, &evidence) &&
           give_frame(walk, row, function, &record, TRUST_CHAINED, evidence);
}

/* By its code the function has its frame at EBP by now: not yet at its first instruction. */
static bool has_set_up_frame(const struct walk *walk, struct function *function)
{
    bool begins = walk->exact && function->named && walk->pc == function->function;

    return !begins && running_has_frame(walk, function);
}

/* The function's frame is where EBP says. */
static bool give_by_ebp(struct walk *walk, struct row *row)
{
    struct function *function = running_function(walk);
    struct record record;
    struct trap trap;
    enum evidence evidence;
    enum record_error error = record_read(&walk->view, walk->ebp, walk_floor(walk), &record);
    enum trust trust = function->kind == CODE_OUTSIDE ? TRUST_GUESS : TRUST_CHAINED;

    if (error != RECORD_GOOD) {
        bool off = error == RECORD_OFF || error == RECORD_ODD;
        const struct ksg_stack *stack = off ? switch_target(walk, walk->ebp) : 0;

        if (stack && skew_ebp_fits(walk))
            return switch_at(walk, row, stack);
        return give_by_esp(walk, row, function) || mend_chain(walk, row, true, mend_end(walk), LEAST_AFTER_BREAK);
    }
    if (trap_above(&walk->view, walk->pc, walk->esp, &record, &trap)) {
        if (walk->exact)
            walk->child = record.at;
        return give_stub(walk, row, function, &trap);
    }
    evidence = record_evidence(&walk->view, record.return_address, function);
    if (evidence == EVIDENCE_NONE && record.link && !starts_function(walk, record.return_address) &&
        !is_first(walk, record.at, record.return_address, record.link))
        return give_by_esp(walk, row, function) || mend_chain(walk, row, true, WALK_NO_CODE, LEAST_AFTER_BREAK);
    function = running_function(walk);
    if (evidence != EVIDENCE_DIRECT && !has_set_up_frame(walk, function)) /* EBP may be anybody's */
        trust = TRUST_GUESS;
    if (evidence == EVIDENCE_NONE && walk->view.base - record.at > STACK_BOTTOM) /* a zero, but of no first frame */
        trust = TRUST_GUESS;
    if (evidence == EVIDENCE_AGAINST) {
        enum evidence found_evidence;
        struct record found;

        if (give_by_esp(walk, row, function))
            return true;
        trust = TRUST_GUESS;
        if (locate_by_scan(walk, function, record.at, EVIDENCE_DIRECT, &found, &found_evidence)) {
            walk->doubtful = true;
            return give_frame(walk, row, function, &found, trust, found_evidence);
        }
    }
    give_frame(walk, row, function, &record, trust, evidence);
    walk->doubtful = false; /* whoever's frame this is, its return address is right */
    if (function->framing == FRAMING_REALIGNED)
        leave_realigned(walk, function);
    return true;
}

/* The function was about to execute the instruction at pc. */
static bool give_exact(struct walk *walk, struct row *row)
{
    struct function *function = running_function(walk);
    bool has_frame = running_has_frame(walk, function);
    struct record record;
    struct trap trap;
    enum evidence evidence;
    enum trust trust;

    if (locate_wild_call(walk, function, &record, &evidence))
        return give_frame(walk, row, function, &record, TRUST_FRAMELESS, evidence);
    if (trap_of_stub(&walk->view, walk->pc, walk->esp, walk->ebp, &trap) || entered_by_trap(walk, function, &trap))
        return give_stub(walk, row, function, &trap);
    if (locate_by_code(walk, function, &record, &evidence, &trust)) {
        walk->doubtful |= trust == TRUST_GUESS;
        return give_frame(walk, row, function, &record, trust, evidence);
    }
    if (function->framing == FRAMING_REALIGNED && running_state(walk, function).base == FRAME_BASE_LOST &&
        realigned_locate(walk, function, &record, &evidence, &trust)) {
        walk->doubtful |= trust == TRUST_GUESS;
        return give_frame(walk, row, function, &record, trust, evidence);
    }
    if (!has_frame && probing_locate(walk, function, &record, &evidence, &trust)) {
        walk->doubtful |= trust == TRUST_GUESS;
        return give_frame(walk, row, function, &record, trust, evidence);
    }
    if (!has_frame &&
        locate_by_scan(walk, function, locate_end(walk, function), EVIDENCE_INDIRECT, &record, &evidence)) {
        walk->doubtful = true;
        return give_frame(walk, row, function, &record, TRUST_GUESS, evidence);
    }
    return give_by_ebp(walk, row);
}

/* Did a direct CALL of the function leave the record that EBP points to? Then it is a function, no stub. */
static bool called_directly(const struct walk *walk, const struct function *function)
{
    struct record record;

    return record_read(&walk->view, walk->ebp, walk_floor(walk), &record) == RECORD_GOOD &&
           record_evidence(&walk->view, record.return_address, function) == EVIDENCE_DIRECT;
}

/*
 * The trap of the function, if it is a stub. Its code says so, on to its end or from where it was entered; or, unless it
 * sets up EBP, what is on the stack, where no direct CALL of it is. No stub is entered by one, but for those whose
 * callers push EFLAGS and CS before it, like x86 Windows' system services: then its return address is the trap's EIP.
 */
static bool find_trap(struct walk *walk, struct function *function, bool plain, struct trap *trap)
{
    uint32_t return_address;

    if (trap_of_stub(&walk->view, walk->pc, walk->esp, walk->ebp, trap) || entered_by_trap(walk, function, trap))
        return true;
    if (plain || !trap_find(&walk->view, walk->pc, walk->esp, walk->ebp, trap))
        return false;
    return !function->named || !locate_direct_call(walk, function, &return_address) || return_address == trap->eip;
}

/* The function made the call that returns to pc. */
static bool give_caller(struct walk *walk, struct row *row)
{
    struct function *function = running_function(walk);
    bool has_frame = running_has_frame(walk, function);
    bool plain = function->named && has_frame && evidence_verifies(walk->evidence);
    bool before_frame = function->named && has_frame && walk->pc - function->function == function->entry_call;
    bool direct = has_frame && !before_frame && called_directly(walk, function);
    bool beyond_base = walk->ebp == walk->view.base || walk->ebp == walk->view.base - 4;
    bool by_code = false;
    struct record record;
    struct trap trap;
    enum trust trust;
    enum evidence evidence = EVIDENCE_NONE;

    if (!direct)
        by_code = locate_by_code(walk, function, &record, &evidence, &trust);
    if (evidence != EVIDENCE_DIRECT && !(direct && plain) && find_trap(walk, function, plain || by_code, &trap))
        return give_stub(walk, row, function, &trap);
    if (walk->evidence == EVIDENCE_NONE && walk->ebp && is_first(walk, walk->child, walk->pc, walk->ebp))
        return give_rest(walk, row, WALK_FIRST);
    if (walk->evidence == EVIDENCE_NONE)
        return walk->ebp ? mend_chain(walk, row, false, WALK_NO_CODE, LEAST_AFTER_BREAK)
                         : mend_chain(walk, row, false, WALK_ZERO, LEAST_AFTER_ZERO);
    if (by_code) {
        walk->doubtful |= trust == TRUST_GUESS;
        return give_frame(walk, row, function, &record, trust, evidence);
    }
    if (switch_back(walk, row, has_frame))
        return true;
    if (has_frame && !walk->ebp)
        return give_by_esp(walk, row, function) ||
               mend_chain(walk, row, true, WALK_ZERO, function->named ? LEAST_AFTER_BREAK : LEAST_AFTER_ZERO);
    if (has_frame && beyond_base) {
        walk->end = WALK_BASE;
        return give_lost(walk, row, function);
    }
    if (!has_frame &&
        locate_by_scan(walk, function, locate_end(walk, function), EVIDENCE_INDIRECT, &record, &evidence)) {
        walk->doubtful = true;
        return give_frame(walk, row, function, &record, TRUST_GUESS, evidence);
    }
    return give_by_ebp(walk, row);
}

static bool give_user(struct walk *walk, struct row *row)
{
    give(walk, row, ROW_USER);
    row->child_ebp = walk->ebp;
    row->function = running_function(walk);
    walk->pc_known = false;
    return true;
}

/*
 * The usual case, for speed: a function that sets up EBP, entered by a direct CALL. It has the checks of give_caller
 * and give_by_ebp in an order that makes them cheap; no stub is entered by a CALL, so there is no trap to look for, and
 * what little it costs is no work to count. Where a direct CALL says that EBP is right, it may be aligned as it likes.
 * Whatever is unusual is left to them: then the walk is as it was.
 */
static bool give_plain(struct walk *walk, struct row *row)
{
    const struct memory *memory = walk->view.memory;
    const struct function *function;
    const uint8_t *words;
    uint32_t return_address, target;
    uint32_t ebp = walk->ebp;

    if (!walk->plain || ebp < walk->esp || ebp >= walk->view.base - RECORD_SIZE || !walk->budget)
        return false;
    if (!memory_holds(&memory->data, ebp, RECORD_SIZE))
        return false;
    words = memory_at(&memory->data, ebp);
    return_address = memory_load(words + 4);
    if (!call_seen(memory, return_address, &target))
        return false;
    function = code_seen(walk->view.code, walk->pc - 1);
    if (!function || function->function != target || function->framing != FRAMING_EBP)
        return false;

    row->kind = ROW_FRAME;
    row->trust = TRUST_CHAINED;
    row->stub = false;
    row->function = function;
    row->pc = walk->pc;
    row->bytes = ebp - walk->reached;
    row->child_ebp = ebp;
    row->return_address = return_address;
    walk->budget--;
    walk->reached = walk->child = ebp;
    walk->pc = return_address;
    walk->esp = ebp + RECORD_SIZE;
    walk->ebp = memory_load(words);
    return true;
}

/* All others. */
static bool give_next(struct walk *walk, struct row *row)
{
    if (walk->entering)
        return switch_give(walk, row);
    if (walk->end == WALK_USER && walk->pc_known)
        return give_user(walk, row);
    if (walk->end != WALK_NOT_ENDED)
        return give_rest(walk, row, walk->end);
    if (walk->lost)
        return mend_gap(walk, row);
    if (!walk->pc_known)
        return mend_chain(walk, row, false, mend_end(walk), LEAST_AFTER_BREAK);
    if ((walk->esp | walk->ebp | walk->view.skew) & 3)
        skew_follow(walk);
    return walk->exact ? give_exact(walk, row) : give_caller(walk, row);
}

/* The row, unless it takes too much: what came out then need not be right, and the last row comes instead of it.
   Apart, so that the usual case pays nothing for it. */
__attribute__((noinline)) static bool give_bounded(struct walk *walk, struct row *row)
{
    static struct walk before; /* the handler's stack is small */
    struct memory *memory = walk->view.memory;
    struct code *code = walk->view.code;
    uint32_t lookups = code->lookups;

    if (walk->done)
        return false;
    if (walk->budget == 0)
        return give_rest(walk, row, WALK_BUDGET);
    before = *walk;
    memory->work = walk->work + ROW_WORK;
    memory->work_most = walk->work_most;
    give_next(walk, row);
    walk->work = memory->work + (code->lookups - lookups) * code->lookup_work;
    walk->budget--;
    memory->work_most = 0;
    if (walk->work < walk->work_most)
        return true;
    *walk = before;
    return give_rest(walk, row, WALK_BUDGET);
}

bool walk_next(struct walk *walk, struct row *row)
{
    return give_plain(walk, row) ? true : give_bounded(walk, row);
}
