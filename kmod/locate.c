/* Where a frame is that EBP does not show. */
#include "locate.h"

#include "instruction.h"
#include "prologue.h"
#include "running.h"

#define OPCODE_PUSH_MEMORY 0xff

#define SCAN_LONGEST 4096  /* bytes in which the return address of a frameless function is searched */
#define REALIGNED_MOST 264 /* bytes between gcc's copy of a return address and the original: alignment, a register */
#define REALIGNED_SAVES 16 /* bytes: ebx, esi, edi, ecx */

/* The return address at address, and the record that a frame would have there: as kf, ChildEBP is the word below. */
static bool return_address_at(const struct walk *walk, uint32_t address, uint32_t link, struct record *record)
{
    if (address & 3 || address < walk->esp || address >= walk->view.base)
        return false;
    record->at = address - 4;
    record->link = link;
    return memory_word(walk->view.memory, address, &record->return_address);
}

bool locate_by_code(const struct walk *walk, struct function *function, struct record *record, enum evidence *evidence,
                    enum trust *trust)
{
    struct frame_state state = running_state(walk, function);
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
    *trust = running_has_frame(walk, function) ? TRUST_CHAINED : TRUST_FRAMELESS;
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

bool locate_above_alignment(const struct walk *walk, struct function *function, struct record *record,
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

void locate_original(struct walk *walk)
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

bool locate_wild_call(const struct walk *walk, const struct function *function, struct record *record,
                      enum evidence *evidence)
{
    uint8_t byte;
    bool no_code = function->kind == CODE_OUTSIDE || !memory_code(walk->view.memory, walk->pc, &byte, 1);

    if (!no_code || !return_address_at(walk, walk->esp, walk->ebp, record))
        return false;
    *evidence = record_evidence(&walk->view, record->return_address, 0);
    return evidence_verifies(*evidence);
}

bool locate_by_scan(const struct walk *walk, const struct function *function, enum evidence least,
                    struct record *record, enum evidence *evidence)
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
