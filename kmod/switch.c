/* A chain that leads into another stack. */
#include "switch.h"

#include "exchanged.h"
#include "give.h"
#include "registry.h"
#include "running.h"
#include "trap.h"

#define SWITCHES_MOST 8
#define SAVED_ESP_BELOW 32 /* bytes around the last record in which the other stack's ESP is searched */
#define SAVED_ESP_ABOVE 256

const struct ksg_stack *switch_target(const struct walk *walk, uint32_t ebp)
{
    unsigned seen = 0;

    if (walk->switches == SWITCHES_MOST)
        return 0;
    for (const struct ksg_stack *stack = walk->stacks; registry_goes_on(stack, &seen); stack = stack->next) {
        walk->view.memory->work++;
        if (ebp >= stack->limit && ebp <= stack->base - RECORD_SIZE && stack->base != walk->view.base)
            return stack;
    }
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

bool switch_give(struct walk *walk, struct row *row)
{
    const struct ksg_stack *stack = walk->entering;

    if (walk->reached < walk->view.base) {
        give(walk, row, ROW_REST);
        give_bytes(walk, row, walk->view.base);
        return true;
    }
    give(walk, row, ROW_SWITCH);
    row->stack = stack;
    walk->entering = 0;
    walk->switches++;
    walk->view.limit = stack->limit;
    walk->view.base = stack->base;
    if (walk->esp < stack->limit || walk->esp > stack->base) { /* of a stub that switched, it is where its trap was */
        walk->esp = walk->ebp;
        walk->view.skew = walk->ebp & 3;
    }
    walk->reached = walk->child = walk->entered;
    return true;
}

/* Where the frame is on the other stack is not certain, and that a direct CALL led here says nothing of it. */
static void doubt_place(struct walk *walk)
{
    walk->doubtful = true;
    if (walk->evidence == EVIDENCE_DIRECT)
        walk->evidence = EVIDENCE_INDIRECT;
}

bool switch_back(struct walk *walk, struct row *row, bool has_frame)
{
    static struct exchange exchange; /* the handler's stack is small */
    struct function *function = running_function(walk);
    bool frame_here = has_frame && walk->ebp >= walk->esp && walk->ebp < walk->view.base;

    if (frame_here || !exchanged_find(walk, function, &exchange))
        return false;
    walk->entering = exchange.stack;
    walk->entered = exchange.esp;
    if (exchange.doubtful)
        doubt_place(walk);
    if (exchange.trapped)
        return give_stub(walk, row, function, &exchange.trap);
    walk->esp = exchange.esp;
    walk->view.skew = 0;
    walk->back = exchange.back;
    return switch_give(walk, row);
}

bool switch_at(struct walk *walk, struct row *row, const struct ksg_stack *stack)
{
    struct function *function = running_function(walk);
    struct trap trap;
    uint32_t esp;

    walk->entering = stack;
    walk->entered = walk->ebp;
    if (!(function->named && running_has_frame(walk, function)) && trap_on(walk, stack, &esp, &trap)) {
        walk->entered = esp;
        return give_stub(walk, row, function, &trap);
    }
    if (!running_has_frame(walk, function)) { /* its frame may be elsewhere on that stack */
        doubt_place(walk);
        walk->esp = walk->entered = exchanged_near(walk, function, stack);
        walk->view.skew = walk->ebp & 3;
    }
    return switch_give(walk, row);
}
