/* The trap of a stub whose code leads to no IRET. */
#include "entered.h"

#include "running.h"

#define PUSHED_MOST 2 /* words above what the CPU pushed: an error code, a vector */
#define PUSHED_LARGEST 0xffffu

/* EBP as it was at the trap: the best that is known of it. */
static uint32_t ebp_at_trap(const struct walk *walk, const struct frame_state *state, uint32_t entry)
{
    uint32_t ebp;

    if (state->ebp_saved && memory_word(walk->view.memory, walk->esp + state->ebp_offset, &ebp))
        return ebp;
    if (trap_pusha_ebp(&walk->view, walk->esp, entry, &ebp))
        return ebp;
    return walk->ebp;
}

bool entered_by_trap(const struct walk *walk, struct function *function, struct trap *trap)
{
    const struct view *view = &walk->view;
    struct frame_state state = running_state(walk, function);
    uint32_t entry = walk->esp + state.return_offset;
    uint32_t at = entry;
    uint32_t word;

    if (!function->named || state.base != FRAME_BASE_ESP || !memory_word(view->memory, entry, &word) ||
        evidence_verifies(record_evidence(view, word, function)))
        return false;
    while (!trap_shape(view, at, trap)) {
        at += 4;
        if (word > PUSHED_LARGEST || at > entry + 4 * PUSHED_MOST || !memory_word(view->memory, at, &word))
            return false;
    }
    if (!trap_begins_stack(view, trap) || trap->eip - function->start < function->end - function->start)
        return false;
    trap->ebp = ebp_at_trap(walk, &state, entry);
    return true;
}
