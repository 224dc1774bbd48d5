/* The walk: from the innermost function outward, one row at a time. */
#include "walk.h"

#include "instruction.h"
#include "prologue.h"
#include "recover.h"
#include "registry.h"
#include "trap.h"

#define CALL_DIRECT_OPCODE 0xe8
#define CALL_DIRECT_LENGTH 5
#define OPCODE_PUSH_MEMORY 0xff

#define SCAN_LONGEST 4096      /* bytes in which the return address of a frameless function is searched */
#define FIRST_CALL_END 6       /* bytes into a function: a call that ends there may come before its EBP frame */
#define LEAST_AFTER_ZERO 3     /* records that make a chain above a zero EBP more likely than the end of the stack */
#define LEAST_AFTER_BREAK 2
#define SWITCHES_MOST 8
#define SAVED_ESP_BELOW 32     /* bytes around the last record in which the other stack's ESP is searched */
#define SAVED_ESP_ABOVE 256
#define REALIGNED_MOST 264     /* bytes between gcc's copy of a return address and the original: alignment, a register */
#define REALIGNED_SAVES 16     /* bytes: ebx, esi, edi, ecx */

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
    walk->registers = start->registers;
    walk->reached = start->esp;
    walk->child = start->esp;
    walk->begun = false;
    walk->recovered = false;
    walk->doubtful = false;
    walk->budget = (start->view.base - start->view.limit) / 4 + 16;
    walk->lost = false;
    walk->entering = 0;
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
    row->trust = TRUST_CHAINED;
    row->stub = false;
    row->bytes = 0;
    row->pc = walk->pc;
    row->function = 0;
    return true;
}

/* How far the row can be trusted: a function that a guess led to is one itself, unless a direct CALL confirms it. */
static enum trust trust_in(const struct walk *walk, enum trust trust)
{
    if (walk->doubtful)
        return TRUST_GUESS;
    return walk->recovered && trust != TRUST_GUESS ? TRUST_RECOVERED : trust;
}

/* The row of a function whose record, or place of the return address, is found. The walk goes on behind it, with the
   function that its return address is in. */
static bool give_frame(struct walk *walk, struct row *row, const struct function *function, const struct record *record,
                       enum trust trust, enum evidence evidence)
{
    give(walk, row, ROW_FRAME);
    row->trust = trust_in(walk, trust);
    row->function = function;
    row->child_ebp = record->at;
    row->return_address = record->return_address;
    reach(walk, row, record->at);
    walk->child = record->at;
    walk->begun = true;

    walk->evidence = evidence;
    walk->pc = record->return_address;
    walk->pc_known = true;
    walk->exact = false;
    walk->plain = evidence == EVIDENCE_DIRECT && !walk->doubtful;
    walk->esp = record->at + RECORD_SIZE;
    walk->ebp = record->link;
    return true;
}

/* The row of an interrupt stub, which repeats its callee's ChildEBP. The walk goes on with the function interrupted. */
static bool give_stub(struct walk *walk, struct row *row, const struct function *function, const struct trap *trap)
{
    give(walk, row, ROW_FRAME);
    row->trust = trust_in(walk, TRUST_TRAP);
    row->stub = true;
    row->function = function;
    row->child_ebp = walk->child;
    row->return_address = trap->eip;
    reach(walk, row, walk->child);
    walk->begun = true;

    walk->pc = trap->eip;
    walk->exact = true;
    walk->plain = false;
    walk->esp = trap->esp;
    walk->ebp = trap->ebp;
    if (trap->user)
        walk->end = WALK_USER;
    return true;
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

/* The function was running, but where its frame is cannot be told. */
static bool give_lost(struct walk *walk, struct row *row, const struct function *function)
{
    give(walk, row, ROW_LOST);
    row->function = function;
    walk->plain = false;
    return true;
}

/* The function that the next row is named after. */
static struct function *running(const struct walk *walk)
{
    return code_find(walk->view.code, walk->exact ? walk->pc : walk->pc - 1);
}

/* Where the function has its return address now. Recursion asks the same again and again. */
static struct frame_state state_at(const struct walk *walk, struct function *function)
{
    uint32_t start = function->named ? function->function : 0;

    if (walk->exact || !walk->pc)
        return prologue_state(walk->view.memory, start, walk->pc, !walk->exact);
    if (function->state_pc != walk->pc) {
        function->state = prologue_state(walk->view.memory, start, walk->pc, true);
        function->state_pc = walk->pc;
    }
    return function->state;
}

static enum framing framing_of(struct memory *memory, uint32_t start)
{
    if (!prologue_has_frame(memory, start))
        return FRAMING_NONE;
    return prologue_read(memory, start, 0).aligned ? FRAMING_REALIGNED : FRAMING_EBP;
}

/* Does the function keep its frame in EBP at pc? Its prologue says so, or, where that comes late, the way to pc. Where
   the code cannot be read it counts as if it did. */
static bool framed(const struct walk *walk, struct function *function)
{
    struct frame_state state;
    uint8_t byte;

    if (!function->named)
        return true;
    if (function->framing == FRAMING_NOT_ASKED)
        function->framing = framing_of(walk->view.memory, function->function);
    if (function->framing != FRAMING_NONE)
        return true;
    state = state_at(walk, function);
    return (state.base == FRAME_BASE_EBP && state.exact) ||
           !memory_code(walk->view.memory, walk->exact ? walk->pc : walk->pc - 1, &byte, 1);
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

/* The walk has gone on behind a record whose return address may be the copy that gcc makes when it realigns the stack. ESP
   returns over the original. One of the registers that gcc saves below EBP holds the address right above that; in
   recursion another one may hold that of a frame further up. */
static void leave_realigned(struct walk *walk)
{
    uint32_t esp = walk->esp;
    uint32_t nearest = REALIGNED_MOST;

    for (uint32_t below = 4; below <= REALIGNED_SAVES; below += 4) {
        uint32_t above, original;

        if (memory_word(walk->view.memory, walk->child - below, &above) && !(above & 3) && above > esp &&
            above - esp < nearest && memory_word(walk->view.memory, above - 4, &original) && original == walk->pc) {
            walk->esp = above;
            nearest = above - esp;
        }
    }
}

/* Without a symbol or a readable prologue: the first word whose CALL is of this function, or else might be. */
static bool scan(const struct walk *walk, const struct function *function, enum evidence least, struct record *record,
                 enum evidence *evidence)
{
    struct record found;
    bool any = false;

    for (uint32_t at = walk->esp; at < walk->view.base && at - walk->esp < SCAN_LONGEST; at += 4) {
        enum evidence here;

        if (!return_address_at(walk, at, walk->ebp, &found))
            break;
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

/* Finds the frame of a function that stands in its prologue or epilogue, has an odd EBP frame or none at all. Where the
   code leaves no doubt, it needs no CALL's evidence; but of words that no CALL left only 0 will do, for a thread. */
static bool frame_by_code(const struct walk *walk, struct function *function, struct record *record,
                          enum evidence *evidence, enum trust *trust)
{
    struct frame_state state = state_at(walk, function);
    uint32_t link = walk->ebp;
    bool odd = state.base == FRAME_BASE_EBP && (state.return_offset != 4 || state.ebp_offset != 0);
    uint32_t base = odd ? walk->ebp : walk->esp;

    if (state.base != FRAME_BASE_ESP && !odd)
        return false;
    if ((odd || state.ebp_saved) && !memory_word(walk->view.memory, base + state.ebp_offset, &link))
        return false;
    if (!return_address_at(walk, base + state.return_offset, link, record))
        return false;
    *evidence = record_evidence(&walk->view, record->return_address, function);
    *trust = framed(walk, function) ? TRUST_CHAINED : TRUST_FRAMELESS;
    if (!state.exact && *evidence != EVIDENCE_DIRECT)
        *trust = TRUST_GUESS;
    if (*evidence == EVIDENCE_NONE)
        return state.exact && !record->return_address && walk->view.base - record->at <= STACK_BOTTOM;
    return state.exact || evidence_verifies(*evidence);
}

/* gcc pushes the copy of the return address from [register - 4]. Right before that it is known where that is, if the
   registers are: an overflow often begins there. */
static bool copied_from(const struct walk *walk, uint32_t *address)
{
    struct instruction instruction;

    if (walk->begun || !walk->registers || !instruction_read(walk->view.memory, walk->pc, &instruction) ||
        instruction.opcode != OPCODE_PUSH_MEMORY || instruction.operand != OPERAND_BASE)
        return false;
    *address = walk->registers[instruction.rm] + (uint32_t)instruction.displacement;
    return true;
}

/*
 * The function has just aligned ESP: the return address is one of the few words above it. It verifies; so may what an
 * earlier call left below it, and others' above it, and then this is a guess.
 */
static bool frame_above_alignment(const struct walk *walk, struct function *function, struct record *record,
                                  enum evidence *evidence, enum trust *trust)
{
    uint32_t most = prologue_read(walk->view.memory, function->function, 0).alignment;
    struct record found;
    unsigned verified = 0;
    uint32_t from;

    *evidence = EVIDENCE_NONE;
    if (copied_from(walk, &from) && from - walk->esp <= most && return_address_at(walk, from, walk->ebp, record)) {
        *evidence = record_evidence(&walk->view, record->return_address, function);
        *trust = TRUST_CHAINED;
        return *evidence != EVIDENCE_NONE;
    }
    for (uint32_t at = walk->esp; at - walk->esp <= most && return_address_at(walk, at, walk->ebp, &found); at += 4) {
        enum evidence here = record_evidence(&walk->view, found.return_address, function);

        verified += evidence_verifies(here);
        if (evidence_verifies(here) && here > *evidence) {
            *evidence = here;
            *record = found;
        }
    }
    *trust = verified == 1 && *evidence == EVIDENCE_DIRECT ? TRUST_CHAINED : TRUST_GUESS;
    return verified > 0;
}

/* A call through a null pointer, or into data: nothing ran there, so the return address is still on top. */
static bool frame_of_wild_call(const struct walk *walk, const struct function *function, struct record *record,
                               enum evidence *evidence)
{
    uint8_t byte;
    bool no_code = function->kind == CODE_OUTSIDE || !memory_code(walk->view.memory, walk->pc, &byte, 1);

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
    return (walk->esp + 3) & ~3u;
}

/* The chain goes on at walk->head, and the function that it belongs to is not known. */
static bool give_gap(struct walk *walk, struct row *row)
{
    enum row_kind kind = walk->begun ? ROW_GAP : ROW_BEFORE;
    enum evidence evidence = record_evidence(&walk->view, walk->head.return_address, 0);

    walk->lost = false;
    give_frame(walk, row, 0, &walk->head, TRUST_RECOVERED, evidence);
    row->kind = kind;
    return true;
}

/* The chain is broken. Recovers it or ends. known: the frame that is missing is the running function's. */
static bool give_break(struct walk *walk, struct row *row, bool known, enum walk_end end, uint32_t least)
{
    struct function *function = known ? running(walk) : 0;
    uint32_t start = function && function->named ? function->function : 0;
    bool found = recover_chain(&walk->view, floor_of(walk), start, least, &walk->head);
    enum evidence evidence;

    function = known ? running(walk) : 0; /* again: others have been looked up */
    if (!found && !known)
        return give_rest(walk, row, end);
    if (!found) {
        walk->end = end;
        return give_lost(walk, row, function);
    }
    walk->recovered = true;
    walk->doubtful = false;
    if (!known)
        return give_gap(walk, row);
    evidence = record_evidence(&walk->view, walk->head.return_address, function);
    if (evidence == EVIDENCE_AGAINST || evidence == EVIDENCE_NONE || function->kind == CODE_OUTSIDE) {
        walk->lost = true;
        return give_lost(walk, row, function);
    }
    return give_frame(walk, row, function, &walk->head, evidence == EVIDENCE_DIRECT ? TRUST_RECOVERED : TRUST_GUESS,
                      evidence);
}

/* --- another stack --- */

static const struct ksg_stack *stack_of(const struct walk *walk, uint32_t ebp)
{
    const struct ksg_stack *stack = walk->stacks;

    if (walk->switches == SWITCHES_MOST)
        return 0;
    for (unsigned i = 0; stack && i < REGISTRY_LONGEST && registry_stack_whole(stack); i++, stack = stack->next)
        if (ebp >= stack->limit && ebp <= stack->base - RECORD_SIZE && stack->base != walk->view.base)
            return stack;
    return 0;
}

/* A stub that switched stacks kept the old ESP on the new one, in a word of its own or in a register that its callee
   saved. The trap frame is above it. */
static bool trap_on(const struct walk *walk, const struct ksg_stack *stack, uint32_t *esp, struct trap *trap)
{
    uint32_t first = walk->esp - SAVED_ESP_BELOW < walk->view.limit ? walk->view.limit : walk->esp - SAVED_ESP_BELOW;
    struct view other = walk->view;

    other.limit = stack->limit;
    other.base = stack->base;
    for (uint32_t at = first; at < walk->view.base && at < walk->esp + SAVED_ESP_ABOVE; at += 4)
        if (memory_word(walk->view.memory, at, esp) && *esp >= stack->limit && *esp < stack->base && !(*esp & 3) &&
            trap_find(&other, walk->pc, *esp, walk->ebp, trap))
            return true;
    return false;
}

static bool give_switch(struct walk *walk, struct row *row)
{
    const struct ksg_stack *stack = walk->entering;

    if (walk->reached < walk->view.base) {
        give(walk, row, ROW_REST);
        reach(walk, row, walk->view.base);
        return true;
    }
    give(walk, row, ROW_SWITCH);
    row->stack = stack;
    walk->entering = 0;
    walk->switches++;
    walk->view.limit = stack->limit;
    walk->view.base = stack->base;
    walk->budget = (stack->base - stack->limit) / 4 + 16;
    if (walk->esp < stack->limit || walk->esp > stack->base) /* of a stub that switched, it is where its trap was */
        walk->esp = walk->ebp;
    walk->reached = walk->child = walk->entered;
    return true;
}

/* EBP leads into another stack. A function with an EBP frame has it there; a stub has its trap there. */
static bool give_entry(struct walk *walk, struct row *row, const struct ksg_stack *stack)
{
    struct function *function = running(walk);
    struct trap trap;
    uint32_t esp;

    walk->entering = stack;
    walk->entered = walk->ebp;
    if (!(function->named && framed(walk, function)) && trap_on(walk, stack, &esp, &trap)) {
        walk->entered = esp;
        return give_stub(walk, row, function, &trap);
    }
    walk->doubtful |= !framed(walk, function); /* its frame may be elsewhere on that stack */
    return give_switch(walk, row);
}

/* --- one row --- */

/* Is there a function's first instruction at address? Then it can stand in for a return address: of the exit function,
   where a thread was started by push exit; push entry; ret. */
static bool starts_function(const struct walk *walk, uint32_t address)
{
    const struct function *function = code_find(walk->view.code, address);

    return function->named && function->function == address;
}

/* The function's frame is where EBP says. */
static bool give_by_ebp(struct walk *walk, struct row *row)
{
    struct function *function = running(walk);
    struct record record;
    struct trap trap;
    enum evidence evidence;
    enum record_error error = record_read(&walk->view, walk->ebp, floor_of(walk), &record);
    enum trust trust = function->kind == CODE_OUTSIDE ? TRUST_GUESS : TRUST_CHAINED;

    if (error != RECORD_GOOD) {
        const struct ksg_stack *stack = error == RECORD_OFF ? stack_of(walk, walk->ebp) : 0;

        if (stack)
            return give_entry(walk, row, stack);
        return give_break(walk, row, true, walk->ebp ? end_for(error) : WALK_ZERO, LEAST_AFTER_BREAK);
    }
    if (trap_above(&walk->view, walk->pc, walk->esp, &record, &trap)) {
        if (walk->exact)
            walk->child = record.at;
        return give_stub(walk, row, function, &trap);
    }
    evidence = record_evidence(&walk->view, record.return_address, function);
    if (evidence == EVIDENCE_NONE && record.link && !starts_function(walk, record.return_address))
        return give_break(walk, row, true, WALK_NO_CODE, LEAST_AFTER_BREAK);
    function = running(walk);
    if (evidence != EVIDENCE_DIRECT && !framed(walk, function)) /* EBP may be anybody's */
        trust = TRUST_GUESS;
    if (evidence == EVIDENCE_AGAINST) {
        enum evidence found_evidence;
        struct record found;

        trust = TRUST_GUESS;
        if (scan(walk, function, EVIDENCE_DIRECT, &found, &found_evidence) && found.at < record.at) {
            walk->doubtful = true;
            return give_frame(walk, row, function, &found, trust, found_evidence);
        }
    }
    give_frame(walk, row, function, &record, trust, evidence);
    walk->doubtful = false; /* whoever's frame this is, its return address is right */
    if (function->framing == FRAMING_REALIGNED)
        leave_realigned(walk);
    return true;
}

/* The function was about to execute the instruction at pc. */
static bool give_exact(struct walk *walk, struct row *row)
{
    struct function *function = running(walk);
    bool has_frame = framed(walk, function);
    struct record record;
    struct trap trap;
    enum evidence evidence;
    enum trust trust;

    if (frame_of_wild_call(walk, function, &record, &evidence))
        return give_frame(walk, row, function, &record, TRUST_FRAMELESS, evidence);
    if (trap_of_stub(&walk->view, walk->pc, walk->esp, walk->ebp, &trap))
        return give_stub(walk, row, function, &trap);
    if (frame_by_code(walk, function, &record, &evidence, &trust)) {
        walk->doubtful |= trust == TRUST_GUESS;
        return give_frame(walk, row, function, &record, trust, evidence);
    }
    if (function->framing == FRAMING_REALIGNED && state_at(walk, function).base == FRAME_BASE_LOST &&
        frame_above_alignment(walk, function, &record, &evidence, &trust))
        return give_frame(walk, row, function, &record, trust, evidence);
    if (!has_frame && scan(walk, function, EVIDENCE_INDIRECT, &record, &evidence)) {
        walk->doubtful = true;
        return give_frame(walk, row, function, &record, TRUST_GUESS, evidence);
    }
    return give_by_ebp(walk, row);
}

/* Did a direct CALL of the function leave the record that EBP points to? Then it is a function, no stub. */
static bool called_directly(const struct walk *walk, const struct function *function)
{
    struct record record;

    return record_read(&walk->view, walk->ebp, floor_of(walk), &record) == RECORD_GOOD &&
           record_evidence(&walk->view, record.return_address, function) == EVIDENCE_DIRECT;
}

/*
 * The trap of the function, if it is a stub. Its code says so; or, unless it sets up EBP, what is on the stack, where
 * no direct CALL of it is. No stub is entered by one, but for those whose callers push EFLAGS and CS before it, like x86
 * Windows' system services: then its return address is the trap's EIP.
 */
static bool find_trap(const struct walk *walk, const struct function *function, bool plain, struct trap *trap)
{
    struct record record;
    enum evidence evidence;

    if (trap_of_stub(&walk->view, walk->pc, walk->esp, walk->ebp, trap))
        return true;
    if (plain || !trap_find(&walk->view, walk->pc, walk->esp, walk->ebp, trap))
        return false;
    return !function->named || !scan(walk, function, EVIDENCE_DIRECT, &record, &evidence) ||
           record.return_address == trap->eip;
}

/* The function made the call that returns to pc. */
static bool give_caller(struct walk *walk, struct row *row)
{
    struct function *function = running(walk);
    bool has_frame = framed(walk, function);
    bool plain = function->named && has_frame && evidence_verifies(walk->evidence);
    bool before_frame = function->named && has_frame && walk->pc - function->function <= FIRST_CALL_END;
    bool direct = has_frame && !before_frame && called_directly(walk, function);
    bool beyond_base = walk->ebp == walk->view.base || walk->ebp == walk->view.base - 4;
    bool by_code = false;
    struct record record;
    struct trap trap;
    enum trust trust;
    enum evidence evidence = EVIDENCE_NONE;

    if (!direct)
        by_code = frame_by_code(walk, function, &record, &evidence, &trust);
    if (evidence != EVIDENCE_DIRECT && !(direct && plain) && find_trap(walk, function, plain || by_code, &trap))
        return give_stub(walk, row, function, &trap);
    if (walk->evidence == EVIDENCE_NONE)
        return walk->ebp ? give_break(walk, row, false, WALK_NO_CODE, LEAST_AFTER_BREAK)
                         : give_break(walk, row, false, WALK_ZERO, LEAST_AFTER_ZERO);
    if (by_code) {
        walk->doubtful |= trust == TRUST_GUESS;
        return give_frame(walk, row, function, &record, trust, evidence);
    }
    if (has_frame && !walk->ebp)
        return give_break(walk, row, true, WALK_ZERO, function->named ? LEAST_AFTER_BREAK : LEAST_AFTER_ZERO);
    if (has_frame && beyond_base) {
        walk->end = WALK_BASE;
        return give_lost(walk, row, function);
    }
    if (!has_frame && scan(walk, function, EVIDENCE_INDIRECT, &record, &evidence)) {
        walk->doubtful = true;
        return give_frame(walk, row, function, &record, TRUST_GUESS, evidence);
    }
    return give_by_ebp(walk, row);
}

/* Why EBP leads nowhere, when it is not known what runs. */
static enum walk_end end_at_ebp(const struct walk *walk)
{
    struct record record;
    enum record_error error = record_read(&walk->view, walk->ebp, floor_of(walk), &record);

    if (!walk->ebp)
        return WALK_ZERO;
    return error == RECORD_GOOD ? WALK_NO_CODE : end_for(error);
}

static bool give_user(struct walk *walk, struct row *row)
{
    give(walk, row, ROW_USER);
    row->child_ebp = walk->ebp;
    row->function = running(walk);
    walk->pc_known = false;
    return true;
}

/*
 * The usual case, for speed: a function that sets up EBP, entered by a direct CALL. It has the checks of give_caller
 * and give_by_ebp in an order that makes them cheap; no stub is entered by a CALL, so there is no trap to look for, and
 * EBP leads strictly upward, so there is no budget to keep. Whatever is unusual is left to them: then the walk is as it
 * was.
 */
static bool give_plain(struct walk *walk, struct row *row)
{
    const struct function *function = code_seen(walk->view.code, walk->pc - 1);
    uint32_t floor = walk->esp;
    uint32_t ebp = walk->ebp;
    const uint8_t *words = memory_seen(&walk->view.memory->data, ebp, RECORD_SIZE);
    const uint8_t *call;
    uint32_t return_address;

    if (walk->recovered || !function || function->framing != FRAMING_EBP || !words)
        return false;
    if (ebp & 3 || ebp < floor || ebp >= walk->view.base - RECORD_SIZE)
        return false;
    return_address = memory_load(words + 4);
    call = memory_seen(&walk->view.memory->code, return_address - CALL_DIRECT_LENGTH, CALL_DIRECT_LENGTH);
    if (!call || *call != CALL_DIRECT_OPCODE || return_address + memory_load(call + 1) != function->function)
        return false;

    row->kind = ROW_FRAME;
    row->trust = TRUST_CHAINED;
    row->stub = false;
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
    if (walk->entering)
        return give_switch(walk, row);
    if (walk->end == WALK_USER && walk->pc_known)
        return give_user(walk, row);
    if (walk->end != WALK_NOT_ENDED)
        return give_rest(walk, row, walk->end);
    if (walk->budget-- == 0)
        return give_rest(walk, row, WALK_BUDGET);
    if (walk->lost)
        return give_gap(walk, row);
    if (!walk->pc_known)
        return give_break(walk, row, false, end_at_ebp(walk), LEAST_AFTER_BREAK);
    return walk->exact ? give_exact(walk, row) : give_caller(walk, row);
}

bool walk_next(struct walk *walk, struct row *row)
{
    if (walk->plain && give_plain(walk, row))
        return true;
    return give_next(walk, row);
}
