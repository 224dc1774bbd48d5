/* The function that a walk stands in. */
#include "running.h"

#include "flow.h"
#include "realigned.h"

struct function *running_function(const struct walk *walk)
{
    return code_find(walk->view.code, walk->exact ? walk->pc : walk->pc - 1);
}

struct frame_state running_state(const struct walk *walk, struct function *function)
{
    uint32_t start = function->named ? function->function : 0;

    return costly_state(&walk->view, start, walk->pc, walk->exact);
}

static enum framing framing_of(struct memory *memory, uint32_t start)
{
    if (!prologue_has_frame(memory, start))
        return FRAMING_NONE;
    return realigned_at_start(memory, start) ? FRAMING_REALIGNED : FRAMING_EBP;
}

bool running_has_frame(const struct walk *walk, struct function *function)
{
    struct frame_state state;
    uint8_t byte;

    if (!function->named)
        return true;
    if (function->framing == FRAMING_NOT_ASKED) {
        function->framing = framing_of(walk->view.memory, function->function);
        function->entry = flow_entry(walk->view.memory, function->function);
    }
    if (function->framing != FRAMING_NONE)
        return true;
    state = running_state(walk, function);
    return (state.base == FRAME_BASE_EBP && state.exact) ||
           !memory_code(walk->view.memory, walk->exact ? walk->pc : walk->pc - 1, &byte, 1);
}
