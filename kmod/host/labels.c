/* Which labels of assembly code, whose sizes nobody told, begin a function, and which are inside of one. */
#include "labels.h"

#include <string.h>

#include "../instruction.h"
#include "allocate.h"
#include "epilogue.h"
#include "fill.h"

#define ENTRY_AT 24 /* in the ELF header: where the file starts to run */
#define HLT 0xf4u

enum reference_kind {
    REFERENCE_CALL,
    REFERENCE_JUMP,
    REFERENCE_VALUE /* its address, in code or data */
};

struct reference {
    unsigned label; /* in symbols */
    enum reference_kind kind;
    uint32_t from;
};

/* What the code in front of a label does. */
enum flow {
    FLOW_ENDS,
    FLOW_GOES_ON,
    FLOW_MAY_END, /* in a call that never returns, say */
    FLOW_UNKNOWN
};

struct search {
    const struct elf *elf;
    const struct map *map;
    const struct elf_symbol *const *symbols;
    unsigned count;
    bool *inner;
    struct reference *references; /* by label */
    unsigned reference_count;
    unsigned *first;              /* of each label's references */
    uint32_t entry;               /* where the kernel starts */
};

static void refer(struct search *search, enum reference_kind kind, uint32_t from, uint32_t to)
{
    unsigned label = elf_symbol_from(search->symbols, search->count, to);

    if (label == search->count || search->symbols[label]->address != to)
        return;
    search->references =
        allocate_one_more(search->references, search->reference_count, sizeof *search->references);
    search->references[search->reference_count++] = (struct reference){label, kind, from};
}

static void refer_from(struct search *search, uint32_t address, const struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_CALL:
    case INSTRUCTION_CALL_FAR:
        if (instruction->target != address + instruction->length) /* call .here; .here: pop eax */
            refer(search, REFERENCE_CALL, address, instruction->target);
        return;
    case INSTRUCTION_JUMP:
    case INSTRUCTION_BRANCH:
        refer(search, REFERENCE_JUMP, address, instruction->target);
        return;
    default:
        refer(search, REFERENCE_VALUE, address, instruction->immediate);
        if ((uint32_t)instruction->displacement != instruction->immediate)
            refer(search, REFERENCE_VALUE, address, (uint32_t)instruction->displacement);
    }
}

/* Reads a section's code from end to end, from each symbol on anew. */
static void read_code(struct search *search, const struct elf_section *section)
{
    unsigned next = elf_symbol_from(search->symbols, search->count, section->address);

    for (uint32_t at = 0; at < section->size;) {
        uint32_t address = section->address + at;
        struct instruction instruction;
        uint32_t length = 1;

        while (next < search->count && search->symbols[next]->address <= address)
            next++;
        if (instruction_decode(elf_code(search->elf, section, address), section->size - at, address, &instruction)) {
            refer_from(search, address, &instruction);
            length = instruction.length;
        }
        if (next < search->count && search->symbols[next]->address - address < length)
            length = search->symbols[next]->address - address;
        at += length;
    }
}

static void read_data(struct search *search, const struct elf_section *section)
{
    for (uint32_t at = 0; section->size >= 4 && at <= section->size - 4; at++) {
        uint32_t word;

        memcpy(&word, search->elf->bytes + section->offset + at, sizeof word);
        refer(search, REFERENCE_VALUE, section->address + at, word);
    }
}

static int by_label(const void *left, const void *right)
{
    const struct reference *a = left;
    const struct reference *b = right;

    return (a->label > b->label) - (a->label < b->label);
}

static void find_references(struct search *search)
{
    unsigned label = 0;

    for (unsigned i = 1; i < search->elf->section_count; i++) {
        const struct elf_section *section = &search->elf->sections[i];

        if (elf_is_code(section))
            read_code(search, section);
        else if (section->type == ELF_PROGBITS && (section->flags & ELF_ALLOC))
            read_data(search, section);
    }
    if (search->reference_count)
        qsort(search->references, search->reference_count, sizeof *search->references, by_label);
    search->first = allocate(0, (size_t)search->count + 1, sizeof *search->first);
    for (unsigned i = 0; i <= search->count; i++) {
        while (label < search->reference_count && search->references[label].label < i)
            label++;
        search->first[i] = label;
    }
}

static enum flow flow_behind(const struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_RET:
    case INSTRUCTION_RET_FAR:
    case INSTRUCTION_IRET:
    case INSTRUCTION_JUMP:
    case INSTRUCTION_JUMP_INDIRECT:
    case INSTRUCTION_STOP:
        return FLOW_ENDS;
    case INSTRUCTION_CALL:
    case INSTRUCTION_CALL_INDIRECT:
    case INSTRUCTION_CALL_FAR:
    case INSTRUCTION_INTERRUPT:
        return FLOW_MAY_END;
    default:
        return instruction->opcode == HLT ? FLOW_MAY_END : FLOW_GOES_ON;
    }
}

/* What the code from the symbol before it does at symbols[label]. Fill behind its last instruction is none of it. */
static enum flow flow_into(const struct search *search, unsigned label)
{
    const struct elf_section *section = search->symbols[label]->section;
    uint32_t address = search->symbols[label - 1]->address;
    uint32_t end = search->symbols[label]->address;
    enum flow flow = FLOW_UNKNOWN;

    while (address != end) {
        const uint8_t *bytes = elf_code(search->elf, section, address);
        unsigned fill = flow == FLOW_ENDS ? fill_length(bytes, end - address, address) : 0;
        struct instruction instruction;

        if (fill == 0) {
            if (!instruction_decode(bytes, end - address, address, &instruction))
                return FLOW_UNKNOWN;
            flow = flow_behind(&instruction);
            fill = instruction.length;
        }
        address += fill;
    }
    return flow;
}

static bool same_object(const struct search *search, unsigned one, unsigned other)
{
    const struct elf_symbol *a = search->symbols[one];
    const struct elf_symbol *b = search->symbols[other];

    return a->section == b->section &&
           (!search->map || map_part_at(search->map, a->address) == map_part_at(search->map, b->address));
}

/* Where the function that the symbol is in begins: a symbol that is not inner. */
static unsigned beginning(const struct search *search, unsigned symbol)
{
    while (search->inner[symbol])
        symbol--;
    return symbol;
}

/* What leads to a label. */
struct ways {
    bool called;
    bool jumped_from_before, jumped_from_elsewhere; /* before: in the function that is thought to be around it */
    bool taken_before, taken_elsewhere;
};

static struct ways ways_to(const struct search *search, unsigned label, unsigned around)
{
    uint32_t start = search->symbols[around]->address;
    uint32_t here = search->symbols[label]->address;
    unsigned next = label + 1;
    struct ways ways = {false, false, false, false, false};

    while (next < search->count && search->inner[next])
        next++;
    for (unsigned i = search->first[label]; i < search->first[label + 1]; i++) {
        const struct reference *reference = &search->references[i];
        bool before = reference->from >= start && reference->from < here;
        bool own = reference->from >= here && (next == search->count || reference->from < search->symbols[next]->address);

        if (reference->kind == REFERENCE_CALL)
            ways.called = true;
        else if (reference->kind == REFERENCE_JUMP)
            *(before ? &ways.jumped_from_before : &ways.jumped_from_elsewhere) |= !own;
        else
            *(before ? &ways.taken_before : &ways.taken_elsewhere) |= !own;
    }
    return ways;
}

/* It is code, for sure: what only looks like it may be data. */
static bool is_proven(const struct search *search, unsigned function)
{
    const struct elf_symbol *symbol = search->symbols[function];
    struct ways ways = ways_to(search, function, function);

    return symbol->type == ELF_FUNC || symbol->address == search->entry || ways.called || ways.jumped_from_elsewhere;
}

/* Behind the end of the function's code: where a fault in it is led on to, as a table or a handler says. */
static bool recovers(const struct search *search, unsigned label, unsigned around)
{
    const struct elf_section *section = search->symbols[label]->section;
    uint32_t start = search->symbols[around]->address;
    uint32_t end = section->address + section->size;

    if (label + 1 < search->count && search->symbols[label + 1]->section == section)
        end = search->symbols[label + 1]->address;
    return epilogue_shared(elf_code(search->elf, section, start), start, search->symbols[label]->address, end);
}

static bool is_inside(const struct search *search, unsigned label, unsigned around, enum flow flow)
{
    struct ways ways = ways_to(search, label, around);
    bool entered = ways.jumped_from_before || ways.taken_before;

    if (ways.called || ways.jumped_from_elsewhere)
        return false;
    switch (flow) {
    case FLOW_GOES_ON:
        return !ways.taken_elsewhere || ways.jumped_from_before || is_proven(search, around);
    case FLOW_MAY_END:
        return !ways.taken_elsewhere || ways.jumped_from_before;
    default:
        return (entered && !ways.taken_elsewhere) || (flow == FLOW_ENDS && recovers(search, label, around));
    }
}

/* Again and again, until nothing changes: a label that is inside takes what jumps from it along. */
static void judge(struct search *search)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (unsigned i = 1; i < search->count; i++) {
            const struct elf_symbol *symbol = search->symbols[i];
            unsigned around;

            if (search->inner[i] || !label_is(symbol) || symbol->address == search->entry || !same_object(search, i - 1, i))
                continue;
            around = beginning(search, i - 1);
            if (search->symbols[around]->size == 0 && is_inside(search, i, around, flow_into(search, i)))
                search->inner[i] = changed = true;
        }
    }
}

void labels_find_inner(const struct elf *elf, const struct map *map, const struct elf_symbol *const *symbols,
                       unsigned count, bool *inner)
{
    struct search search = {elf, map, symbols, count, inner, 0, 0, 0, 0};

    memset(inner, 0, count * sizeof *inner);
    memcpy(&search.entry, elf->bytes + ENTRY_AT, sizeof search.entry);
    find_references(&search);
    judge(&search);
    free(search.references);
    free(search.first);
}
