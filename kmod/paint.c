/* Painted stacks: how deep each ever got, and whether that was too deep. */
#include "paint.h"

#include "registry.h"

#define PATTERN 0x4b534721u /* no small number, no address of most kernels, no text that many would write */

/* struct ksg_stack, painted. */
#define PAINTED 0x50414e54u
#define PAINTED_AND_TOLD 0x50415454u /* trampled, and a report has said so */

/* Below the caller's frame: what this function itself still uses. */
#define IN_USE 256u

static bool registered(const struct ksg_stack *stack)
{
    const struct ksg_stack *other = registry_stacks();

    for (unsigned i = 0; other && other != stack && i < REGISTRY_LONGEST; i++)
        other = other->next;
    return other == stack;
}

int KSG_CALL ksg_paint(struct ksg_stack *stack)
{
    uint32_t esp = (uint32_t)(uintptr_t)__builtin_frame_address(0);
    uint32_t end;

    if (!stack)
        return KSG_NULL;
    if (!registered(stack))
        return KSG_NOT_ADDED;
    end = esp > stack->limit && esp <= stack->base ? esp - IN_USE : stack->base;
    for (uint32_t at = stack->limit; at < end; at += 4)
        *(volatile uint32_t *)(uintptr_t)at = PATTERN;
    stack->painted = PAINTED;
    return KSG_OK;
}

bool paint_is_on(const struct ksg_stack *stack)
{
    return stack->painted == PAINTED || stack->painted == PAINTED_AND_TOLD;
}

bool paint_high_water(struct memory *memory, const struct ksg_stack *stack, uint32_t *depth)
{
    uint32_t at = stack->limit;
    uint32_t word;

    while (at < stack->base) {
        if (!memory_word(memory, at, &word))
            return false;
        if (word != PATTERN)
            break;
        at += 4;
    }
    *depth = stack->base - at;
    return true;
}

/*
 * A thread's frames need not write to each of their words: those of 332 bytes that write twelve step over the lowest 32. So
 * the canary is larger, and one word in each CANARY_STEP bytes of it is looked at at every call, another one each time, so
 * that every word has its turn; of the lowest CANARY_STEP bytes all are.
 */
#define CANARY_STEP 32u
#define CANARY_TURNS (CANARY_STEP / 4)

enum canary { CANARY_WHOLE, CANARY_TRAMPLED, CANARY_NOT_MAPPED };

static uint32_t canary_end(const struct ksg_stack *stack)
{
    uint32_t size = stack->base - stack->limit;
    uint32_t most = size / 8 < CANARY_STEP ? CANARY_STEP : size / 8 & ~3u;

    if (most > KSG_CANARY_SIZE)
        most = KSG_CANARY_SIZE;
    return stack->limit + (most < size ? most : size);
}

static uint32_t next_looked_at(const struct ksg_stack *stack, uint32_t at, uint32_t turn)
{
    uint32_t offset = at - stack->limit;

    if (offset < CANARY_STEP - 4)
        return at + 4;
    return at + CANARY_STEP + (offset < CANARY_STEP ? turn * 4 - offset : 0);
}

static enum canary look_at(struct memory *memory, const struct ksg_stack *stack, uint32_t turn)
{
    uint32_t end = canary_end(stack);
    uint32_t word;

    for (uint32_t at = stack->limit; at < end; at = next_looked_at(stack, at, turn)) {
        if (!memory_word(memory, at, &word))
            return CANARY_NOT_MAPPED;
        if (word != PATTERN)
            return CANARY_TRAMPLED;
    }
    return CANARY_WHOLE;
}

/* How many of a stack's lowest bytes are still as painted. */
static uint32_t untouched(struct memory *memory, const struct ksg_stack *stack)
{
    uint32_t depth;

    return paint_high_water(memory, stack, &depth) ? stack->base - stack->limit - depth : 0;
}

static unsigned int skipped;

unsigned int KSG_CALL ksg_skipped_stacks(void)
{
    return skipped;
}

int paint_check(struct memory *memory, paint_tell *tell, const void *context)
{
    static uint32_t turn;
    const struct ksg_stack *stack = registry_stacks();
    int status = KSG_NOT_PAINTED;

    skipped = 0;
    turn = (turn + 1) % CANARY_TURNS;
    for (unsigned i = 0; stack && i < REGISTRY_LONGEST; i++, stack = stack->next) {
        enum canary canary;
        int told;

        if (!paint_is_on(stack))
            continue;
        if (status == KSG_NOT_PAINTED)
            status = KSG_OK;
        canary = look_at(memory, stack, turn);
        skipped += canary == CANARY_NOT_MAPPED;
        if (canary != CANARY_TRAMPLED)
            continue;
        told = stack->painted == PAINTED_AND_TOLD ? KSG_OK : tell(context, stack, untouched(memory, stack));
        if (told != KSG_OK) {
            status = told;
            continue;
        }
        ((struct ksg_stack *)stack)->painted = PAINTED_AND_TOLD; /* the list is constant to its readers only */
        if (status == KSG_OK)
            status = KSG_STACK_TRAMPLED;
    }
    return status;
}
