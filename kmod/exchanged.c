/* Code that gets its old ESP back. */
#include "exchanged.h"

#include "instruction.h"
#include "running.h"
#include "switch.h"

#define SAVED_BELOW 1024 /* bytes below ESP, in which what it called saved registers */
#define SAVED_ABOVE 256
#define LEFT_BELOW 1024 /* bytes below a caller's record in which a return address is searched */
#define STEPS 32        /* instructions to where ESP is loaded */

/* mov esp, x; xchg; pop esp. */
static bool loads_esp(const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_LOST_ESP)
        return false;
    switch (instruction->opcode) {
    case 0x87:
    case 0x89:
    case 0x8b:
    case 0x5c:
        return true;
    default:
        return false;
    }
}

/* Straight on at branches and calls to where ESP is loaded: the address behind it. 0: it is not. */
static uint32_t find_load(struct memory *memory, uint32_t pc)
{
    struct instruction instruction;

    for (unsigned i = 0; i < STEPS && instruction_read(memory, pc, &instruction); i++) {
        pc += instruction.length;
        switch (instruction.kind) {
        case INSTRUCTION_LOST_ESP:
            return loads_esp(&instruction) ? pc : 0;
        case INSTRUCTION_JUMP:
            pc = instruction.target;
            break;
        case INSTRUCTION_RET:
        case INSTRUCTION_RET_FAR:
        case INSTRUCTION_IRET:
        case INSTRUCTION_JUMP_INDIRECT:
        case INSTRUCTION_STOP:
        case INSTRUCTION_ESP_FROM_EBP:
        case INSTRUCTION_LEAVE:
            return 0;
        default:
            break;
        }
    }
    return 0;
}

/* Does the code lead on from this ESP? */
static bool leads_on(const struct walk *walk, struct function *function, struct exchange *exchange)
{
    struct view other = walk->view;
    struct frame_state state;
    enum evidence evidence;
    uint32_t return_address;

    other.limit = exchange->stack->limit;
    other.base = exchange->stack->base;
    exchange->trapped = trap_of_stub(&other, exchange->back, exchange->esp, walk->ebp, &exchange->trap);
    if (exchange->trapped)
        return true;
    state = costly_state(&other, function, exchange->back, true);
    if (state.base != FRAME_BASE_ESP || !state.exact || state.return_offset >= other.base - exchange->esp ||
        !memory_word(other.memory, exchange->esp + state.return_offset, &return_address))
        return false;
    evidence = record_evidence(&other, return_address, function);
    return evidence == EVIDENCE_DIRECT ||
           (evidence == EVIDENCE_INDIRECT && walk->ebp > exchange->esp && walk->ebp < other.base);
}

/* Is the word at this address that ESP? */
static void look_at(const struct walk *walk, struct function *function, uint32_t at, struct exchange *found)
{
    static struct exchange tried; /* the handler's stack is small */

    tried = *found;
    if (!memory_word(walk->view.memory, at, &tried.esp) || tried.esp & 3)
        return;
    tried.stack = switch_target(walk, tried.esp);
    if (!tried.stack || (found->stack && found->esp == tried.esp) || !leads_on(walk, function, &tried))
        return;
    if (found->stack)
        found->doubtful = true;
    else
        *found = tried;
}

uint32_t exchanged_near(const struct walk *walk, const struct function *function, const struct ksg_stack *stack)
{
    uint32_t room = walk->ebp - stack->limit;
    uint32_t lowest = walk->ebp - (room < LEFT_BELOW ? room : LEFT_BELOW);
    uint32_t return_address;

    for (uint32_t at = walk->ebp; at > lowest && !memory_work_done(walk->view.memory);) {
        at -= 4;
        if (memory_word(walk->view.memory, at, &return_address) &&
            record_evidence(&walk->view, return_address, function) == EVIDENCE_DIRECT)
            return at;
    }
    return walk->ebp;
}

bool exchanged_find(const struct walk *walk, struct function *function, struct exchange *exchange)
{
    const struct memory *memory = walk->view.memory;
    uint32_t esp = walk->esp;

    exchange->stack = 0;
    exchange->doubtful = false;
    exchange->back = find_load(walk->view.memory, walk->pc);
    if (!exchange->back)
        return false;
    for (uint32_t at = esp; at < walk->view.base && at - esp < SAVED_ABOVE && !memory_work_done(memory); at += 4)
        look_at(walk, function, at, exchange);
    if (exchange->stack)
        return true;
    for (uint32_t at = esp; at > walk->view.limit && esp - at < SAVED_BELOW && !memory_work_done(memory); at -= 4)
        look_at(walk, function, at - 4, exchange);
    return exchange->stack;
}
