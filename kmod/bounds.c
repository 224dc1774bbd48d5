/* Between what a stack has to lie of which nobody told. */
#include "bounds.h"

#include "call.h"

#define PAGE 4096u
#define CHAIN_LONGEST 1024u   /* records */
#define FRAME_LONGEST 0x8000u /* bytes */
#define SCANNED 0x4000u       /* bytes above the stack pointer, */
#define APART 0x1000u         /* or so many without a return address */

/* What holds the stack pointer itself says nothing. */
static void exclude(struct bounds *bounds, uint32_t pointer, uint32_t start, uint32_t end)
{
    if (end - 1 < pointer && end > bounds->lowest)
        bounds->lowest = end;
    if (start > pointer && (!bounds->highest || start < bounds->highest))
        bounds->highest = start;
}

static void exclude_code(struct bounds *bounds, uint32_t pointer, uint32_t address)
{
    exclude(bounds, pointer, address & -PAGE, (address & -PAGE) + PAGE);
}

/* The word as a return address: where the CALL is, and what a direct one calls. */
static bool take_return(struct memory *memory, struct bounds *bounds, uint32_t pointer, uint32_t word, bool direct_only)
{
    struct call call = call_before(memory, word, 0);
    uint8_t byte;

    if (call.kind < CALL_INDIRECT || (direct_only && call.kind != CALL_DIRECT))
        return false;
    if (call.kind == CALL_DIRECT && memory_code(memory, call.target, &byte, 1) != 1)
        return false;
    exclude_code(bounds, pointer, word - 1);
    if (call.kind == CALL_DIRECT)
        exclude_code(bounds, pointer, call.target);
    return true;
}

/* True: it ends as a thread's does, with a zero EBP. */
static bool follow_chain(struct memory *memory, struct bounds *bounds, uint32_t pointer, uint32_t ebp)
{
    uint32_t at = ebp, floor = pointer;
    uint32_t link, word;

    for (unsigned i = 0; i < CHAIN_LONGEST && ((at ^ ebp) & 3) == 0 && at - floor < FRAME_LONGEST; i++) {
        if (!memory_word(memory, at, &link) || !memory_word(memory, at + 4, &word) ||
            !take_return(memory, bounds, pointer, word, false))
            return false;
        bounds->frames_end = floor = at + 8;
        at = link;
    }
    return at == 0 && ebp != 0;
}

/* Functions without EBP frames have left return addresses, too. */
static void scan(struct memory *memory, struct bounds *bounds, uint32_t pointer, bool to_the_end)
{
    uint32_t at = pointer, last = at;
    uint32_t word;

    for (; at - last < APART && at - pointer < SCANNED && memory_word(memory, at, &word); at += 4)
        if (take_return(memory, bounds, pointer, word, true))
            last = at;
    if (to_the_end && last > bounds->frames_end)
        bounds->frames_end = last + 4;
}

void bounds_find(struct machine *machine, const struct code *code, const struct crash *crash, uint32_t pointer,
                 struct bounds *bounds)
{
    struct memory *memory = &machine->memory;

    *bounds = (struct bounds){0, 0, pointer};
    for (unsigned i = 0; i < machine->own_count; i++)
        exclude(bounds, pointer, machine->own[i].start, machine->own[i].end);
    if (crash_in_user_mode(crash) || code_kind(code, crash->eip) == CODE_OUTSIDE)
        return;
    exclude_code(bounds, pointer, crash->eip);
    scan(memory, bounds, pointer, !follow_chain(memory, bounds, pointer, crash->ebp));
}
