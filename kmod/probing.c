/* Functions that probe the stack page by page. */
#include "probing.h"

#include "flow.h"
#include "locate.h"
#include "shape.h"

/* The record, if the loop ends with ESP at end. */
static enum evidence look(const struct walk *walk, const struct function *function, const struct shape *shape,
                          uint32_t end, struct record *record)
{
    uint32_t start = end - (uint32_t)shape->probe.offset; /* what ESP was: the return address lies there */
    uint32_t link = walk->ebp;

    if (!shape_ebp_untouched(shape) &&
        (shape->saved.base != PLACE_ESP ||
         !memory_word(walk->view.memory, start + (uint32_t)shape->saved.offset, &link)))
        return EVIDENCE_NONE;
    if (!locate_return_address(walk, start, link, record))
        return EVIDENCE_NONE;
    return record_evidence(&walk->view, record->return_address, function);
}

/* Where the loop ends, by the register that says so: some turns, and no more than are left, below ESP. */
static bool end_known(const struct walk *walk, const struct loop *loop, uint32_t rest, uint32_t *end)
{
    if (walk->begun || !walk->registers)
        return false;
    *end = walk->registers[loop->end];
    return walk->esp - *end <= rest && (walk->esp - *end) % (0 - (uint32_t)loop->change) == 0;
}

bool probing_locate(const struct walk *walk, const struct function *function, struct record *record,
                    enum evidence *evidence, enum trust *trust)
{
    static struct shape shape; /* the handler's stack is small */
    struct memory *memory = walk->view.memory;
    uint32_t rest, end;
    struct record found;
    struct loop loop;
    unsigned verified = 0;

    if (!function->named || !shape_loop_around(memory, walk->pc, &loop) ||
        flow_from_start(memory, function->function, walk->pc, false, true, &shape) != FLOW_ARRIVED ||
        shape.esp.base != PLACE_ESP || !shape_loop_ends(&shape, &loop, &rest))
        return false;
    *evidence = EVIDENCE_NONE;
    if (end_known(walk, &loop, rest, &end)) {
        *evidence = look(walk, function, &shape, end, record);
        *trust = *evidence == EVIDENCE_AGAINST ? TRUST_GUESS : TRUST_FRAMELESS;
        return *evidence != EVIDENCE_NONE;
    }
    for (end = walk->esp - rest; end - (walk->esp - rest) <= rest && !memory_work_done(memory);
         end -= (uint32_t)loop.change) {
        enum evidence here = look(walk, function, &shape, end, &found);

        memory->work++;
        verified += evidence_verifies(here);
        if (evidence_verifies(here) && here > *evidence) {
            *evidence = here;
            *record = found;
        }
    }
    *trust = verified == 1 && *evidence == EVIDENCE_DIRECT ? TRUST_FRAMELESS : TRUST_GUESS;
    return verified > 0;
}
