/* Tail calls. */
#include "tail.h"

#include "facts.h"
#include "jump_table.h"

#define SCANS_MOST 8      /* functions and pieces of them */
#define STEPS_MOST 3000   /* instructions of all of them */
#define END_UNKNOWN 256   /* bytes that are looked at where no symbol tells how long the function is */

/* What is looked at for a jump. */
struct search {
    const struct view *view;
    uint32_t to;
    unsigned steps;
    struct {
        uint32_t start, size; /* size 0: not looked at yet */
        bool end_known;
    } scans[SCANS_MOST];
    unsigned count;
};

/* Looks at the code from start on, too, unless it is known. Where it ends is asked later: the handler's stack is small. */
static void add(struct search *search, uint32_t start)
{
    for (unsigned i = 0; i < search->count; i++)
        if (start == search->scans[i].start || start - search->scans[i].start < search->scans[i].size)
            return;
    if (search->count == SCANS_MOST)
        return;
    search->scans[search->count].start = start;
    search->scans[search->count].size = 0;
    search->count++;
}

static void find_end(struct search *search, unsigned number)
{
    uint32_t start = search->scans[number].start;
    uint32_t end = code_end(search->view->code, start);

    search->view->memory->work += search->view->code->lookup_work;
    search->scans[number].size = end ? end - start : END_UNKNOWN;
    search->scans[number].end_known = end != 0;
}

static bool ends_flow(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_JUMP || instruction->kind == INSTRUCTION_RET ||
           instruction->kind == INSTRUCTION_RET_FAR || instruction->kind == INSTRUCTION_IRET ||
           instruction->kind == INSTRUCTION_STOP;
}

/* An indirect jump can lead anywhere; but that of a switch stays in the function. */
static bool can_lead_to(const struct search *search, unsigned number, const struct jump_table_clues *clues,
                        const struct instruction *jump)
{
    struct jump_table table;
    uint32_t target;

    if (!jump_table_of(clues, jump, &table) || !jump_table_entry(search->view->memory, &table, 0, &target))
        return true;
    return target - search->scans[number].start >= search->scans[number].size;
}

/* From scan's start on, straight through; where its end is not known, no farther than branches reach. Apart: what else
   tail_evidence needs has this room on the stack. */
__attribute__((noinline)) static enum evidence scan(struct search *search, unsigned number)
{
    static struct instruction instruction; /* the handler's stack is small */
    static struct jump_table_clues clues;
    struct memory *memory = search->view->memory;
    uint32_t start = search->scans[number].start, size = search->scans[number].size;
    uint32_t at = start, farthest = start;
    uint8_t byte;

    jump_table_forget(&clues);
    while (at - start < size && search->steps > 0) {
        bool jumps;

        search->steps--;
        if (!instruction_read(memory, at, &instruction))
            return memory_code(memory, at, &byte, 1) ? EVIDENCE_AGAINST : EVIDENCE_UNKNOWN;
        jumps = instruction.kind == INSTRUCTION_JUMP || instruction.kind == INSTRUCTION_BRANCH;
        if (jumps && instruction.target == search->to)
            return EVIDENCE_INDIRECT;
        if (instruction.kind == INSTRUCTION_JUMP_INDIRECT && can_lead_to(search, number, &clues, &instruction))
            return EVIDENCE_INDIRECT;
        if (jumps && instruction.target - start >= size)
            add(search, instruction.target);
        else if (jumps && instruction.target > farthest)
            farthest = instruction.target;
        jump_table_note(&clues, &instruction);
        at += instruction.length;
        if (ends_flow(&instruction) && at > farthest && !search->scans[number].end_known)
            break;
    }
    return EVIDENCE_AGAINST;
}

static enum evidence find(const struct view *view, uint32_t start, uint32_t to)
{
    static struct search search; /* the handler's stack is small */
    enum evidence evidence = EVIDENCE_AGAINST;

    search.view = view;
    search.to = to;
    search.steps = STEPS_MOST;
    search.count = 0;
    add(&search, start);
    for (unsigned i = 0; i < search.count && evidence != EVIDENCE_INDIRECT; i++) {
        enum evidence found;

        find_end(&search, i);
        found = scan(&search, i);
        if (i == 0 || found == EVIDENCE_INDIRECT)
            evidence = found;
    }
    return evidence;
}

static uint32_t check_of(const struct costly_tail *entry)
{
    uint32_t words[] = {entry->start, entry->to, entry->evidence};

    return facts_sum(words, sizeof words / sizeof *words) | 1;
}

enum evidence tail_evidence(const struct view *view, uint32_t start, uint32_t to)
{
    struct costly_tail *entry = &view->code->costly.tails[((start >> 4) + to) % COSTLY_TAILS];

    if (entry->start != start || entry->to != to || entry->check != check_of(entry)) {
        entry->start = start;
        entry->to = to;
        entry->evidence = find(view, start, to);
        entry->check = check_of(entry);
    }
    return (enum evidence)entry->evidence;
}
