/* Stacks whose words lie off the multiples of 4. */
#include "skew.h"

#include "running.h"

/* What the word at address says, taken for the return address of the function that the walk stands in. */
static enum evidence evidence_at(const struct walk *walk, uint32_t address)
{
    uint32_t word;

    if (!memory_word(walk->view.memory, address, &word))
        return EVIDENCE_NONE;
    return record_evidence(&walk->view, word, running_function(walk));
}

bool skew_ebp_fits(const struct walk *walk)
{
    return !(walk->ebp & 3) || evidence_at(walk, walk->ebp + 4) == EVIDENCE_DIRECT;
}

/* Where the code says that the return address is, and it is one. */
static bool follow_esp(struct walk *walk)
{
    struct frame_state state = running_state(walk, running_function(walk));
    uint32_t at = walk->esp + state.return_offset;
    bool found = state.base == FRAME_BASE_ESP && at >= walk->esp && at < walk->view.base &&
                 evidence_at(walk, at) >= (state.exact ? EVIDENCE_INDIRECT : EVIDENCE_DIRECT);

    if (found)
        walk->view.skew = at & 3;
    return found;
}

void skew_follow(struct walk *walk)
{
    bool on_stack = walk->ebp >= walk->esp && walk->ebp < walk->view.base;

    if (walk->exact && follow_esp(walk))
        return;
    if (!walk->exact) /* ESP is right above a return address */
        walk->view.skew = walk->esp & 3;
    if (on_stack && !view_aligned(&walk->view, walk->ebp) && evidence_at(walk, walk->ebp + 4) == EVIDENCE_DIRECT)
        walk->view.skew = walk->ebp & 3;
}
