/* A stack that ran on below its limit. */
#include "overrun.h"

#include "call.h"
#include "moves.h"
#include "prologue.h"
#include "skew.h"
#include "stack_lookup.h"
#include "thunk.h"

#define STACKS_MOST 4u       /* that are run over, one after the other */
#define ROWS_MOST 0x40000u   /* up to the stack: a chain is followed that far only */
#define FRAME_ORDINARY 4096u /* a frame of so many bytes needs no explanation where others come before it */
#define ARGUMENTS_MOST 1024u /* bytes that a frame may have beyond those its prologue takes */

/* The lowest limit of a registered stack above address: up to there, a chain is in none but the one it is in now. */
static uint32_t next_limit(uint32_t address)
{
    const struct ksg_stack *next = stack_above(address);

    return next ? next->limit : UINT32_MAX;
}

/* The first registered stack whose limit is above from that the chain of saved EBPs leads into. */
static const struct ksg_stack *chain_leads_to(struct memory *memory, const struct crash *crash, uint32_t from)
{
    uint32_t next = next_limit(from);
    uint32_t ebp = crash->ebp;
    uint8_t skew = skew_of(crash->esp, ebp);

    for (uint32_t i = 0;
         i < ROWS_MOST && (ebp & 3) == skew && ebp > crash->esp && ebp - crash->esp < OVERRUN_LONGEST; i++) {
        uint32_t link;

        if (ebp >= next) {
            const struct ksg_stack *stack = stack_at(ebp);

            if (stack)
                return stack;
            next = next_limit(ebp);
        }
        if (!memory_word(memory, ebp, &link) || link <= ebp)
            return 0;
        ebp = link;
    }
    return 0;
}

/* Where the row's function starts; without symbols, where the call that entered it went. 0: not known. */
static uint32_t start_of(struct memory *memory, const struct row *row)
{
    struct call call;

    if (row->function->named)
        return row->function->function;
    call = call_before(memory, row->return_address, 0);
    return call.kind == CALL_DIRECT && call.target <= row->pc && !thunk_at(memory, call.target) ? call.target : 0;
}

bool overrun_loads_esp(struct memory *memory, const struct row *row)
{
    uint32_t start = start_of(memory, row);

    return start && moves_find(memory, start, row->pc).loaded;
}

/* Did the function itself make its frame this large? Else ESP was moved: to another stack. */
static bool explained(struct memory *memory, const struct row *row)
{
    uint32_t start = start_of(memory, row);
    struct prologue prologue;
    struct moves moves;

    if (!start)
        return row->bytes < FRAME_ORDINARY;
    moves = moves_find(memory, start, row->pc);
    if (moves.loaded)
        return false;
    prologue = prologue_read(memory, start, 0);
    if (!prologue.readable)
        return row->bytes < FRAME_ORDINARY;
    return row->bytes <= prologue.locals + prologue.pushes + prologue.alignment + ARGUMENTS_MOST ||
           moves.lowered;
}

/* The handler's stack is small, and one such walk is gone at a time. */
static struct walk the_walk;
static struct walk_start the_start;
static struct row the_row;

/* Begins at the first row; esp: from where. */
static void begin(struct memory *memory, struct code *code, const struct crash *crash, uint32_t esp, uint32_t limit,
                  uint32_t base, uint32_t rows)
{
    the_start.view.memory = memory;
    the_start.view.code = code;
    the_start.view.kernel_cs = crash->cs;
    the_start.ebp = crash->ebp;
    the_start.eip = crash->eip;
    the_start.eip_known = !crash->eip_unknown;
    the_start.registers = 0;
    the_start.view.limit = limit;
    the_start.view.base = base;
    the_start.esp = esp;
    the_start.cut = rows + 1;
    the_start.verified_only = true;
    walk_begin(&the_walk, &the_start);
}

/* Is there nothing but verified frames from ESP up into the stack? The one that leaves the stack below, if there is such a
   stack, has to be as large as its function made it. */
static bool frames_lead_to(struct memory *memory, struct code *code, const struct crash *crash,
                           const struct ksg_stack *below, const struct ksg_stack *stack)
{
    uint32_t reached = crash->esp;

    begin(memory, code, crash, crash->esp, crash->esp, stack->base, ROWS_MOST);
    while (walk_next(&the_walk, &the_row)) {
        enum trust trust = the_row.trust;
        bool verified = the_row.kind == ROW_FRAME &&
                        (trust == TRUST_CHAINED || trust == TRUST_FRAMELESS || trust == TRUST_TRAP);
        uint32_t end = reached + the_row.bytes;
        bool enters = end >= stack->limit;
        bool leaves = below && reached < below->base && end >= below->base;

        if (!verified || ((enters || leaves) && !explained(memory, &the_row)))
            return false;
        if (enters)
            return true;
        reached = end;
    }
    return false;
}

const struct ksg_stack *overrun_find(struct memory *memory, struct code *code, const struct crash *crash)
{
    const struct ksg_stack *stack = 0;
    const struct ksg_stack *below = stack_at(crash->esp);
    const struct ksg_stack *next = chain_leads_to(memory, crash, crash->esp);

    for (unsigned i = 0; next && i < STACKS_MOST && frames_lead_to(memory, code, crash, below, next); i++) {
        below = stack = next;
        next = chain_leads_to(memory, crash, stack->limit);
    }
    next = stack ? 0 : stack_at(crash->esp0 - 4);
    if (next && next->limit > crash->esp && frames_lead_to(memory, code, crash, below, next))
        stack = next;
    return stack;
}

const struct ksg_stack *overrun_below_zero(struct memory *memory, struct code *code, const struct crash *crash)
{
    const struct ksg_stack *stack = stack_at(crash->ebp);

    if (!stack || crash->esp <= crash->ebp || crash->ebp - crash->esp > OVERRUN_LONGEST)
        return 0;
    begin(memory, code, crash, crash->ebp, stack->limit, stack->base, 1);
    if (!walk_next(&the_walk, &the_row) || the_row.kind != ROW_FRAME || the_row.trust != TRUST_CHAINED ||
        the_row.child_ebp != crash->ebp)
        return 0;
    the_row.bytes = crash->ebp - crash->esp;
    return explained(memory, &the_row) ? stack : 0;
}
