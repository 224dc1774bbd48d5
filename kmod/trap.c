/* Traps: where the frame that the CPU pushed lies, and what EBP was then. */
#include "trap.h"

#include "instruction.h"
#include "shape.h"

/* EFLAGS, SDM vol. 1, 3.4.3: bit 1 is set; bits 3, 5, 15 and 22 to 31 are clear. */
#define EFLAGS_ONE 0x00000002u
#define EFLAGS_ZERO 0xffc08028u
#define EFLAGS_VM 0x00020000u

#define SELECTOR_RPL 3u
#define SELECTOR_LDT 4u
#define SELECTOR_BITS 0xffffu

#define STUB_LONGEST 256  /* instructions to a stub's IRET */
#define STUB_WORDS 64     /* on the stack, between a stub's callee and the trap frame */
#define ABOVE_WORDS 3     /* between a stub's EBP record and the trap frame: an error code, a vector */
#define KEPT_ABOVE_USER 1024 /* bytes, from a trap frame of user mode to the base; FXSAVE writes 512 */
#define PUSHA 0x60
#define POPA 0x61
#define PUSHA_SIZE 32     /* bytes, SDM vol. 2, PUSHAD: EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX upward */
#define PUSHA_EBP 8
#define PUSHA_ESP 12
#define TRAP_SIZE 12      /* EIP, CS, EFLAGS */
#define TRAP_SS 16
#define TRAP_USER_SIZE 20 /* and ESP, SS */
#define TRAP_V86_SIZE 36  /* and ES, DS, FS, GS */

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

static bool user_selector(uint32_t selector)
{
    return selector > SELECTOR_RPL && (selector & SELECTOR_RPL) == SELECTOR_RPL;
}

/* Above EFLAGS, from user mode: ESP and SS, from virtual-8086 mode ES, DS, FS, GS as well (SDM vol. 3, 20.3.1). */
static bool user_words_at(const struct view *view, uint32_t address, uint32_t mask, bool virtual_8086,
                          struct trap *trap)
{
    uint32_t size = virtual_8086 ? TRAP_V86_SIZE : TRAP_USER_SIZE;
    uint32_t selector;

    trap->esp = address + size;
    if (view->base - address < size)
        return false;
    for (uint32_t at = address + TRAP_SS; at < address + size; at += 4)
        if (!memory_word(view->memory, at, &selector) || (selector & mask) > SELECTOR_BITS)
            return false;
    return virtual_8086 || (memory_word(view->memory, address + TRAP_SS, &selector) && user_selector(selector & mask));
}

/* from_code: the place follows from the stub's code. Then EIP may be anything, as after a call through a null pointer,
   and selectors may have anything in their upper halves, which the CPU need not write. */
static bool shape_at(const struct view *view, uint32_t address, bool from_code, struct trap *trap)
{
    uint32_t mask = from_code ? SELECTOR_BITS : UINT32_MAX;
    uint32_t cs, eflags;

    if (address < view->limit || address >= view->base || view->base - address < TRAP_SIZE)
        return false;
    if (!memory_word(view->memory, address + 4, &cs) || (cs & mask) > SELECTOR_BITS)
        return false;
    if (!memory_word(view->memory, address + 8, &eflags) || !eflags_plausible(eflags))
        return false;
    if (!memory_word(view->memory, address, &trap->eip))
        return false;
    trap->at = address;
    trap->esp = address + TRAP_SIZE;
    trap->user = true;
    if (eflags & EFLAGS_VM)
        return user_words_at(view, address, mask, true, trap);
    if (user_selector(cs & mask))
        return user_words_at(view, address, mask, false, trap);
    trap->user = false;
    return kernel_selector(view, cs & mask) && (from_code || code_kind(view->code, trap->eip) != CODE_OUTSIDE);
}

bool trap_shape(const struct view *view, uint32_t address, struct trap *trap)
{
    return shape_at(view, address, false, trap);
}

/* --- by the stub's code --- */

enum leaving { LEAVING_UNKNOWN, LEAVING_BY_RETURN, LEAVING_BY_IRET };

static struct place above(struct place place, int32_t offset)
{
    place.offset += offset;
    return place;
}

/* pushad and popad hold EBP among the others. */
static void execute(struct shape *shape, const struct instruction *instruction, uint32_t next)
{
    struct place popped = above(shape->esp, PUSHA_EBP);
    bool restores = place_same(&popped, &shape->saved);

    shape_execute(shape, instruction, next);
    if (instruction->opcode == PUSHA && shape_ebp_untouched(shape)) {
        shape->saved = above(shape->esp, PUSHA_EBP);
    } else if (instruction->opcode == POPA) {
        shape->ebp = restores ? (struct place){0, PLACE_EBP, true} : popped;
        shape->ebp_loaded = !restores;
    }
}

/* Where place is. */
static bool address_of(const struct place *place, uint32_t esp, uint32_t ebp, uint32_t *address)
{
    *address = (place->base == PLACE_ESP ? esp : ebp) + (uint32_t)place->offset;
    return place_known(place);
}

/* A word that holds what EBP holds is as good as EBP: where a stub sets up EBP first, pushad keeps that as well. */
static void notice_same_ebp(const struct view *view, struct shape *shape, uint32_t esp, uint32_t ebp)
{
    uint32_t at, word;

    if (shape->ebp_loaded && address_of(&shape->ebp, esp, ebp, &at) && memory_word(view->memory, at, &word) &&
        word == ebp) {
        shape->ebp = (struct place){0, PLACE_EBP, true};
        shape->ebp_loaded = false;
    }
}

/* Follows the code from pc to its end, straight on at branches and calls. */
static enum leaving follow(const struct view *view, uint32_t pc, uint32_t esp, uint32_t ebp, struct shape *shape)
{
    *shape = shape_begin(true, false);
    for (unsigned i = 0; i < STUB_LONGEST; i++) {
        struct instruction instruction;

        if (!instruction_read(view->memory, pc, &instruction))
            return LEAVING_UNKNOWN;
        pc += instruction.length;
        switch (instruction.kind) {
        case INSTRUCTION_IRET:
            return LEAVING_BY_IRET;
        case INSTRUCTION_RET:
        case INSTRUCTION_RET_FAR:
            return LEAVING_BY_RETURN;
        case INSTRUCTION_JUMP:
            pc = instruction.target;
            break;
        case INSTRUCTION_JUMP_INDIRECT:
        case INSTRUCTION_INTERRUPT:
        case INSTRUCTION_STOP:
            return LEAVING_UNKNOWN;
        default:
            execute(shape, &instruction, pc);
            notice_same_ebp(view, shape, esp, ebp);
        }
    }
    return LEAVING_UNKNOWN;
}

/* The frame that IRET takes, and EBP as it is then. */
static bool read_trap(const struct view *view, const struct shape *shape, uint32_t esp, uint32_t ebp, struct trap *trap)
{
    uint32_t at, ebp_at;

    if (!address_of(&shape->esp, esp, ebp, &at) || at < esp || !shape_at(view, at, true, trap))
        return false;
    trap->ebp = ebp;
    if (!address_of(&shape->ebp, esp, ebp, &ebp_at))
        return true;
    if (shape->ebp_loaded)
        return memory_word(view->memory, ebp_at, &trap->ebp);
    trap->ebp = ebp_at;
    return true;
}

bool trap_of_stub(const struct view *view, uint32_t pc, uint32_t esp, uint32_t ebp, struct trap *trap)
{
    static struct shape shape; /* the handler's stack is small */

    return follow(view, pc, esp, ebp, &shape) == LEAVING_BY_IRET && read_trap(view, &shape, esp, ebp, trap);
}

/* --- by what is on the stack --- */

bool trap_pusha_ebp(const struct view *view, uint32_t from, uint32_t to, uint32_t *ebp)
{
    for (uint32_t at = from; at + PUSHA_SIZE <= to; at += 4) {
        uint32_t esp;

        if (memory_word(view->memory, at + PUSHA_ESP, &esp) && esp == at + PUSHA_SIZE)
            return memory_word(view->memory, at + PUSHA_EBP, ebp);
    }
    return false;
}

/*
 * Does EBP tie this trap frame to the stub below it, and what was EBP at the trap? The stub left EBP alone, and it
 * points beyond the trap frame, or is the user's. Or the stub made a record of its own, which repeats the trap's EIP, as
 * x86 Windows' does. Or it kept all registers with pusha, and set EBP to 0 or to what is there; but if that is a record
 * of some other function, this is not the frame's stub.
 */
static bool tied(const struct view *view, uint32_t esp, uint32_t ebp, struct trap *trap)
{
    bool between = ebp >= esp && ebp < trap->at && view_aligned(view, ebp);
    uint32_t image = 0;
    bool has_image = trap_pusha_ebp(view, esp, trap->at, &image);
    uint32_t return_address = 0;

    if (between) {
        trap->ebp = image;
        if (!memory_word(view->memory, ebp + 4, &return_address) || return_address != trap->eip)
            return has_image && record_evidence(view, return_address, 0) == EVIDENCE_NONE;
        return memory_word(view->memory, ebp, &trap->ebp);
    }
    trap->ebp = has_image && !ebp ? image : ebp;
    return trap->user || (has_image && image == trap->ebp) || (ebp >= trap->esp && ebp < view->base);
}

/* Is there, below the trap frame, a return address whose code leads to it? That is its stub's, and what runs at pc was called
   from it. */
static bool has_other_stub(const struct view *view, uint32_t esp, uint32_t ebp, const struct trap *trap)
{
    for (uint32_t at = esp; at < trap->at && !memory_work_done(view->memory); at += 4) {
        uint32_t word;
        struct trap other;

        if (memory_word(view->memory, at, &word) && evidence_verifies(record_evidence(view, word, 0)) &&
            trap_of_stub(view, word, at + 4, ebp, &other) && other.at == trap->at)
            return true;
    }
    return false;
}

bool trap_begins_stack(const struct view *view, const struct trap *trap)
{
    uint32_t word;

    if (!trap->user || view->base - trap->at <= STACK_BOTTOM)
        return true;
    if (view->base - trap->at > KEPT_ABOVE_USER)
        return false;
    for (uint32_t at = trap->esp; at < view->base && !memory_work_done(view->memory); at += 4)
        if (memory_word(view->memory, at, &word) && evidence_verifies(record_evidence(view, word, 0)))
            return false;
    return true;
}

bool trap_find(const struct view *view, uint32_t pc, uint32_t esp, uint32_t ebp, struct trap *trap)
{
    static struct shape shape; /* the handler's stack is small */
    enum leaving leaving = follow(view, pc, esp, ebp, &shape);

    if (leaving == LEAVING_BY_RETURN)
        return false;
    if (leaving == LEAVING_BY_IRET && read_trap(view, &shape, esp, ebp, trap))
        return true;
    for (uint32_t at = esp; at >= esp && at < view->base && at - esp < STUB_WORDS * 4; at += 4)
        if (trap_shape(view, at, trap) && tied(view, esp, ebp, trap) && trap_begins_stack(view, trap))
            return !has_other_stub(view, esp, ebp, trap);
    return false;
}

bool trap_above(const struct view *view, uint32_t pc, uint32_t esp, const struct record *record, struct trap *trap)
{
    uint32_t at = record->at + 4;
    static struct shape shape; /* the handler's stack is small */
    struct trap by_code;

    while (!trap_shape(view, at, trap)) {
        at += 4;
        if (at > record->at + 4 * ABOVE_WORDS)
            return false;
    }
    if (pc && follow(view, pc, esp, record->at, &shape) == LEAVING_BY_RETURN) /* no stub: EBP was overwritten */
        return false;
    trap->ebp = record->link;
    if (!evidence_verifies(record_evidence(view, record->return_address, 0)))
        return true;
    /* A return address, and arguments that look like CS and EFLAGS? */
    return pc && trap_of_stub(view, pc, esp, record->at, &by_code) && by_code.at == at;
}
