/* Functions that gcc has align ESP. */
#include "realigned.h"

#include "flow.h"
#include "locate.h"
#include "prologue.h"
#include "shape.h"

#define OPCODE_PUSH_MEMORY 0xff

#define PROLOGUE_LONGEST 32    /* instructions */
#define ALIGNMENT_LARGEST 4096 /* a larger one is not searched */
#define SAVES 16               /* bytes below EBP: ebx, esi, edi, ecx */

bool realigned_at_start(struct memory *memory, uint32_t start)
{
    struct shape shape = shape_begin(true, true);
    struct instruction instruction;
    uint32_t at = start + flow_entry(memory, start);

    for (unsigned i = 0; i < PROLOGUE_LONGEST && instruction_read(memory, at, &instruction); i++) {
        at += instruction.length;
        shape_execute(&shape, &instruction, at);
        if (shape.realigned || instruction.kind == INSTRUCTION_EBP_FROM_ESP)
            break;
    }
    return shape.realigned;
}

/* One of the registers that gcc saves below EBP holds the address right above the original. */
static bool is_saved(const struct walk *walk, uint32_t copy, uint32_t above)
{
    uint32_t ebp = copy - 4;
    uint32_t word;

    for (uint32_t at = ebp - SAVES; at != ebp; at += 4)
        if (memory_word(walk->view.memory, at, &word) && word == above)
            return true;
    return false;
}

/* It is as far above as the alignment can have taken ESP, or, if another register was pushed first, a word more. */
bool realigned_original(const struct walk *walk, const struct function *function, uint32_t copy, uint32_t *original)
{
    uint32_t most = prologue_read(walk->view.memory, function->function, 0).alignment + 4;
    uint32_t return_address, word;
    unsigned found = 0;
    bool saved = false;

    if (most > ALIGNMENT_LARGEST + 4 || !memory_word(walk->view.memory, copy, &return_address))
        return false;
    for (uint32_t at = copy + 4; at - copy <= most && at < walk->view.base && !saved; at += 4) {
        if (!memory_word(walk->view.memory, at, &word) || word != return_address)
            continue;
        found++;
        *original = at;
        saved = is_saved(walk, copy, at + 4);
    }
    return saved || found == 1;
}

/* gcc pushes the copy from [register - 4]. Right before that it is known where that is, if the registers are: an
   overflow often begins there. */
static bool copied_from(const struct walk *walk, uint32_t *address)
{
    struct instruction instruction;

    if (walk->begun || !walk->registers || !instruction_read(walk->view.memory, walk->pc, &instruction) ||
        instruction.opcode != OPCODE_PUSH_MEMORY || instruction.operand != OPERAND_BASE)
        return false;
    *address = walk->registers[instruction.rm] + (uint32_t)instruction.displacement;
    return true;
}

bool realigned_locate(const struct walk *walk, const struct function *function, struct record *record,
                      enum evidence *evidence, enum trust *trust)
{
    uint32_t most = prologue_read(walk->view.memory, function->function, 0).alignment;
    struct record found;
    unsigned verified = 0;
    uint32_t from;

    *evidence = EVIDENCE_NONE;
    if (copied_from(walk, &from) && from - walk->esp <= most && locate_return_address(walk, from, walk->ebp, record)) {
        *evidence = record_evidence(&walk->view, record->return_address, function);
        *trust = TRUST_CHAINED;
        return *evidence != EVIDENCE_NONE;
    }
    for (uint32_t at = walk->esp; at - walk->esp <= most && locate_return_address(walk, at, walk->ebp, &found);
         at += 4) {
        enum evidence here = record_evidence(&walk->view, found.return_address, function);

        if (memory_work_done(walk->view.memory))
            break;
        verified += evidence_verifies(here);
        if (evidence_verifies(here) && here > *evidence) {
            *evidence = here;
            *record = found;
        }
    }
    *trust = verified == 1 && *evidence == EVIDENCE_DIRECT ? TRUST_CHAINED : TRUST_GUESS;
    return verified > 0;
}
