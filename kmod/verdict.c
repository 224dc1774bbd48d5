/* The verdict. */
#include "verdict.h"

/* What the CPU pushes at most for an exception: EFLAGS, CS, EIP, error code; from ring 3 also SS, ESP. SDM vol. 3, 6.12.1.
   All pushes are tried from the top, and CR2 is the first address that failed: within this many bytes below ESP. */
#define PUSHED 16u
#define PUSHED_FROM_USER 24u

#define GUARD 4096u /* bytes below a stack's limit */

#define INT_OPCODE 0xcd
#define INT_LENGTH 2

static uint32_t pushed(const struct crash *crash)
{
    return crash_in_user_mode(crash) ? PUSHED_FROM_USER : PUSHED;
}

/* Did a push below the stack pointer fail? Addresses wrap: with an ESP of 0 the first one goes to 0fffffffch. */
static bool push_failed(struct machine *machine, const struct crash *crash, const struct stack_range *range)
{
    uint32_t below = range->pointer - crash->cr2;

    return below >= 1 && below <= pushed(crash) && !stack_page_readable(&machine->memory, crash->cr2);
}

static bool at_limit(const struct crash *crash, const struct stack_range *range)
{
    return range->source != STACK_NOT_FOUND && range->pointer < range->limit + pushed(crash);
}

/* Exceptions that lead to a double fault when they cannot be delivered: the contributory ones and #PF, and, by way of the
   #NP or #GP that a bad gate raises, all others. SDM vol. 3, table 6-5. */
static const uint8_t vectors[] = {VECTOR_PF, VECTOR_GP, VECTOR_NP, VECTOR_SS, VECTOR_TS, VECTOR_DE, VECTOR_UD};

static bool bad_gate(const struct crash *crash, uint32_t *vector)
{
    for (unsigned i = 0; i < sizeof vectors; i++)
        if (crash->gates[vectors[i]] != GATE_GOOD) {
            *vector = vectors[i];
            return true;
        }
    return false;
}

/* int 8 leaves EIP behind itself. */
static bool after_int_8(struct machine *machine, const struct crash *crash)
{
    uint8_t bytes[INT_LENGTH];

    return crash->registers_known && memory_code(&machine->memory, crash->eip - INT_LENGTH, bytes, INT_LENGTH) == INT_LENGTH &&
           bytes[0] == INT_OPCODE && bytes[1] == VECTOR_DF;
}

static void decide(struct verdict *verdict, enum verdict_kind kind, bool certain)
{
    verdict->kind = kind;
    verdict->certainty = certain ? CERTAINTY_CERTAIN : CERTAINTY_LIKELY;
}

/* No double fault. A page fault right below the limit is an overflow, and so is an ESP where none would find room. */
static void judge_demand(struct machine *machine, const struct crash *crash, const struct stack_range *range,
                         bool host_knows, struct verdict *verdict)
{
    bool on_stack = crash->registers_known && !crash_in_user_mode(crash) && range->source != STACK_NOT_FOUND;
    bool in_guard;

    verdict->not_present = crash->cr2 != 0 && !stack_page_readable(&machine->memory, crash->cr2);
    in_guard = verdict->not_present && crash->cr2 < range->limit && range->limit - crash->cr2 <= GUARD;
    verdict->kind = VERDICT_ON_DEMAND;
    if (crash->kind == CRASH_TRAMPLED)
        decide(verdict, VERDICT_TRAMPLED, false);
    else if (on_stack && (in_guard || at_limit(crash, range)))
        decide(verdict, VERDICT_OVERFLOW, host_knows && (in_guard || range->pointer <= range->limit));
}

void verdict_find(struct machine *machine, const struct crash *crash, const struct stack_range *range,
                  struct verdict *verdict)
{
    bool host_knows = range->source == STACK_REGISTERED || range->source == STACK_HOOK;

    verdict->kind = VERDICT_UNKNOWN;
    verdict->certainty = CERTAINTY_NONE;
    verdict->push_failed = crash->registers_known && push_failed(machine, crash, range);
    verdict->not_present = verdict->push_failed;
    verdict->software = after_int_8(machine, crash);
    verdict->gate = VECTOR_COUNT;
    if (crash_on_demand(crash))
        judge_demand(machine, crash, range, host_knows, verdict);
    else if (crash->kind == CRASH_NO_ERROR_CODE)
        decide(verdict, VERDICT_NO_DOUBLE_FAULT, verdict->software);
    else if (!crash->registers_known)
        return;
    else if (crash_in_user_mode(crash) && verdict->push_failed)
        decide(verdict, VERDICT_ENTRY_OVERFLOW, true);
    else if (at_limit(crash, range) && verdict->push_failed)
        decide(verdict, VERDICT_OVERFLOW, host_knows);
    else if (range->source == STACK_NOT_FOUND && verdict->push_failed)
        decide(verdict, VERDICT_NO_STACK, true);
    else if (!verdict->push_failed && bad_gate(crash, &verdict->gate))
        decide(verdict, VERDICT_UNDELIVERABLE, false);
}

const char *verdict_gate_text(enum gate_fault fault)
{
    switch (fault) {
    case GATE_GOOD:
        return "is good";
    case GATE_BEYOND_LIMIT:
        return "lies beyond the IDT's limit";
    case GATE_UNREADABLE:
        return "cannot be read";
    case GATE_NOT_PRESENT:
        return "is not present";
    case GATE_WRONG_TYPE:
        return "is no interrupt, trap or task gate";
    case GATE_BAD_SELECTOR:
        return "has a selector outside the GDT";
    case GATE_NOT_CODE:
        return "has a selector that is no present code segment";
    case GATE_BAD_TSS:
        return "is a task gate without a usable TSS";
    case GATE_BAD_HANDLER:
        return "leads to a handler that cannot be read";
    }
    return "is not known";
}

const char *verdict_vector_name(uint32_t vector)
{
    static const char names[VECTOR_COUNT][4] = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS", "#GP", "#PF", "15",
        "#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
    };

    return vector < VECTOR_COUNT && names[vector][0] ? names[vector] : "?";
}
