/* The function that a walk stands in. */
#include "running.h"

#include "flow.h"
#include "realigned.h"

struct function *running_function(const struct walk *walk)
{
    return code_find(walk->view.code, walk->exact ? walk->pc : walk->pc - 1);
}

struct frame_state running_state(const struct walk *walk, const struct function *function)
{
    return costly_state(&walk->view, function, walk->pc, walk->exact);
}

static enum framing framing_of(struct memory *memory, const struct function *function)
{
    if (!prologue_has_frame(memory, function->function))
        return FRAMING_NONE;
    if (realigned_at_start(memory, function->function))
        return FRAMING_REALIGNED;
    return function->entry_call ? FRAMING_EBP_LATER : FRAMING_EBP;
}

bool running_has_frame(const struct walk *walk, struct function *function)
{
    struct frame_state state;
    uint8_t byte;

    if (!function->named)
        return true;
    if (function->framing == FRAMING_NOT_ASKED) {
        function->entry_call = flow_entry_call(walk->view.memory, function->function);
        function->framing = framing_of(walk->view.memory, function);
    }
    if (function->framing != FRAMING_NONE)
        return true;
    state = running_state(walk, function);
    return (state.base == FRAME_BASE_EBP && state.exact) ||
           !memory_code(walk->view.memory, walk->exact ? walk->pc : walk->pc - 1, &byte, 1);
}
