/* Traps, found by their shape. */
#include "trap.h"

#include "instruction.h"

/* EFLAGS, SDM vol. 1, 3.4.3: bit 1 is set; bits 3, 5, 15 and 22 to 31 are clear. */
#define EFLAGS_ONE 0x00000002u
#define EFLAGS_ZERO 0xffc08028u
#define EFLAGS_VM 0x00020000u

#define SELECTOR_RPL 3u
#define SELECTOR_LDT 4u

#define STUB_LONGEST 48   /* instructions from a stub's call to its iret */
#define STUB_WORDS 64     /* on the stack, between a stub's callee and the trap frame */
#define PUSHA_SIZE 32     /* bytes, SDM vol. 2, PUSHAD: EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX upward */
#define PUSHA_EBP 8
#define PUSHA_ESP 12
#define TRAP_SIZE 12      /* EIP, CS, EFLAGS */
#define TRAP_USER_SIZE 20 /* and ESP, SS */

static bool eflags_plausible(uint32_t eflags)
{
    return (eflags & (EFLAGS_ONE | EFLAGS_ZERO)) == EFLAGS_ONE;
}

static bool kernel_selector(const struct view *view, uint32_t selector)
{
    if (view->kernel_cs)
        return selector == view->kernel_cs;
    return selector > SELECTOR_RPL && !(selector & (SELECTOR_RPL | SELECTOR_LDT));
}

/* from_code: the place follows from the stub's code, so EIP may be anything, as after a call through a null pointer. */
static bool shape_at(const struct view *view, uint32_t address, bool from_code, struct trap *trap)
{
    uint32_t cs, eflags, ss;

    if (address < view->limit || view->base - address < TRAP_SIZE || address >= view->base)
        return false;
    if (!memory_word(view->memory, address + 4, &cs))
        return false;
    cs &= 0xffff; /* the CPU need not write the upper half */
    if ((cs & SELECTOR_RPL) != SELECTOR_RPL && !kernel_selector(view, cs))
        return false;
    if (!memory_word(view->memory, address + 8, &eflags) || !eflags_plausible(eflags))
        return false;
    if (!memory_word(view->memory, address, &trap->eip))
        return false;
    trap->at = address;
    trap->esp = address + TRAP_SIZE;
    trap->user = (cs & SELECTOR_RPL) == SELECTOR_RPL || eflags & EFLAGS_VM;
    trap->ebp_known = false;
    if (!trap->user)
        return from_code || code_kind(view->code, trap->eip) != CODE_OUTSIDE;
    if (eflags & EFLAGS_VM)
        return true;
    return view->base - address >= TRAP_USER_SIZE && memory_word(view->memory, address + 16, &ss) &&
           (ss & SELECTOR_RPL) == SELECTOR_RPL && (cs & ~SELECTOR_RPL) && (ss & 0xffff & ~SELECTOR_RPL);
}

bool trap_shape(const struct view *view, uint32_t address, struct trap *trap)
{
    return shape_at(view, address, false, trap);
}

/* How the code that was returned to goes on. */
enum ending {
    ENDS_UNKNOWN,
    ENDS_IN_RET, /* it is no stub */
    ENDS_IN_IRET /* it is one */
};

/* What a stub does from some instruction on. */
struct rest_of_stub {
    uint32_t bytes; /* taken off the stack before its iret: there the trap frame is */
    bool pops_ebp;
    uint32_t ebp;   /* where from, counted as bytes is */
};

/* Follows the code at address to its end; rest holds if that is an iret. At a branch it goes straight on: whichever way it
   takes, what is on the stack is the same. */
static enum ending follow(const struct view *view, uint32_t address, struct rest_of_stub *rest)
{
    uint8_t code[INSTRUCTION_LONGEST];
    struct instruction instruction;
    int32_t change = 0;
    bool known = true;

    rest->pops_ebp = false;
    for (unsigned i = 0; i < STUB_LONGEST; i++) {
        unsigned count = memory_code(view->memory, address, code, sizeof code);

        if (!instruction_decode(code, count, address, &instruction))
            return ENDS_UNKNOWN;
        switch (instruction.kind) {
        case INSTRUCTION_IRET:
            rest->bytes = (uint32_t)change;
            return known && change >= 0 && change <= STUB_WORDS * 4 ? ENDS_IN_IRET : ENDS_UNKNOWN;
        case INSTRUCTION_RET:
            return ENDS_IN_RET;
        case INSTRUCTION_LEAVE:
        case INSTRUCTION_ESP_FROM_EBP:
        case INSTRUCTION_LOST_ESP:
            known = false;
            address += instruction.length;
            break;
        case INSTRUCTION_POP:
        case INSTRUCTION_POP_EBP:
            if (change >= 0 && (instruction.kind == INSTRUCTION_POP_EBP || instruction.writes_ebp)) {
                rest->pops_ebp = true;
                rest->ebp = (uint32_t)change + (instruction.kind == INSTRUCTION_POP_EBP ? 0 : PUSHA_EBP);
            }
            change += instruction.esp_change;
            address += instruction.length;
            break;
        case INSTRUCTION_OTHER:
        case INSTRUCTION_PUSH:
        case INSTRUCTION_PUSH_EBP:
        case INSTRUCTION_ADJUST_ESP:
        case INSTRUCTION_BRANCH:
        case INSTRUCTION_CALL:
        case INSTRUCTION_CALL_INDIRECT:
            change += instruction.esp_change;
            address += instruction.length;
            break;
        case INSTRUCTION_JUMP:
            address = instruction.target;
            break;
        default:
            return ENDS_UNKNOWN;
        }
    }
    return ENDS_UNKNOWN;
}

/* A pusha image, known by the ESP in it, between from and to: the EBP in it. */
static bool pusha_ebp(const struct view *view, uint32_t from, uint32_t to, uint32_t *ebp)
{
    for (uint32_t at = from; at + PUSHA_SIZE <= to; at += 4) {
        uint32_t esp;

        if (memory_word(view->memory, at + PUSHA_ESP, &esp) && esp == at + PUSHA_SIZE)
            return memory_word(view->memory, at + PUSHA_EBP, ebp);
    }
    return false;
}

/* A record of the stub's own between its callee and the trap frame: it repeats the trap's EIP, as x86 Windows' does, or is
   right below the trap frame. */
static bool stubs_record(const struct view *view, const struct record *record, const struct trap *trap, uint32_t *ebp)
{
    uint32_t repeated;
    bool between = record->link > record->at && record->link < trap->at && !(record->link & 3);

    return between && memory_word(view->memory, record->link + 4, &repeated) && repeated == trap->eip &&
           memory_word(view->memory, record->link, ebp);
}

/* Where EBP was at the trap. False when nothing ties the trap to this record. */
static bool interrupted_ebp(const struct view *view, const struct record *record, struct trap *trap)
{
    uint32_t above = record->at + RECORD_SIZE;

    if (stubs_record(view, record, trap, &trap->ebp) || pusha_ebp(view, above, trap->at, &trap->ebp))
        return trap->ebp_known = true;
    trap->ebp = record->link;
    trap->ebp_known = trap->user || (record->link >= trap->esp && record->link < view->base);
    return trap->ebp_known;
}

/* The trap frame that the rest of a stub leads to, with ESP at esp now. */
static bool trap_after(const struct view *view, const struct rest_of_stub *rest, uint32_t esp, struct trap *trap)
{
    if (!shape_at(view, esp + rest->bytes, true, trap))
        return false;
    trap->ebp_known = rest->pops_ebp && memory_word(view->memory, esp + rest->ebp, &trap->ebp);
    return true;
}

bool trap_find(const struct view *view, const struct record *record, struct trap *trap)
{
    uint32_t above = record->at + RECORD_SIZE;
    struct rest_of_stub rest;
    enum ending ending = follow(view, record->return_address, &rest);

    if (ending == ENDS_IN_RET)
        return false;
    if (ending == ENDS_IN_IRET && trap_after(view, &rest, above, trap)) {
        if (!trap->ebp_known)
            interrupted_ebp(view, record, trap);
        return true;
    }
    for (uint32_t at = above; at < view->base && at - above < STUB_WORDS * 4; at += 4)
        if (trap_shape(view, at, trap) && interrupted_ebp(view, record, trap))
            return true;
    return false;
}

bool trap_here(const struct view *view, uint32_t pc, uint32_t esp, uint32_t ebp, struct trap *trap)
{
    struct rest_of_stub rest;

    if (follow(view, pc, &rest) != ENDS_IN_IRET || !trap_after(view, &rest, esp, trap))
        return false;
    if (!trap->ebp_known)
        trap->ebp = ebp;
    return trap->ebp_known = true;
}

bool trap_above(const struct view *view, const struct record *record, struct trap *trap)
{
    bool found = trap_shape(view, record->at + 4, trap) || trap_shape(view, record->at + 8, trap);

    trap->ebp = record->link;
    trap->ebp_known = found;
    return found;
}
