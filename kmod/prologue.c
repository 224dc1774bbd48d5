/*
 * Where a function keeps its return address.
 *
 * Two ways lead there. Followed from the function's start, every push and pop is counted up to pc. Followed from pc on,
 * what is still popped until RET is counted. Calls blur both: a callee may pop its arguments (ret n), which its caller's
 * code does not show. But it can only pop, so the way from the start never finds too few bytes, and the way to the return
 * never too many: when they agree, both are right. A way without a call is right by itself.
 */
#include "prologue.h"

#include "instruction.h"

/* An address as a distance from what a register held where the way began. */
enum place_base {
    PLACE_LOST,
    PLACE_ALIGNED, /* lost by an alignment of ESP */
    PLACE_ESP,
    PLACE_EBP
};

struct place {
    int32_t offset;
    uint8_t base; /* enum place_base */
    bool sure;    /* no call had a part in it */
};

/* What is known of ESP and EBP at one instruction. */
struct shape {
    struct place esp;   /* what it points to */
    struct place ebp;   /* what it points to, or if ebp_loaded: where the word is that it holds */
    struct place saved; /* where the EBP of the beginning was pushed */
    bool ebp_loaded;
    bool realigned;
};

/* An instruction that control can get to. */
struct junction {
    uint32_t address;
    struct shape shape;
};

#define PENDING 12           /* branches that wait to be followed; more are rare, and forgetting one costs no truth */
#define STEPS_FROM_START 2000
#define STEPS_TO_RETURN 400
#define HOLE_LARGEST 4096    /* bytes that nothing known jumps to */
#define LOOP_LARGEST 32      /* bytes of a loop that probes the stack */
#define PROLOGUE_LONGEST 32  /* instructions */
#define ADDRESS_ANY 0xffffffffu

/* One way through the code. Addresses are visited in ascending order, as seen from its beginning, each at most once. */
struct way {
    struct memory *memory;
    uint32_t first;
    uint32_t reach;     /* goal - first; what lies beyond it is not followed */
    bool from_start;
    bool after_call;    /* the goal counts only right behind a call */
    unsigned steps;
    struct place probe; /* the last address that was computed from ESP: where a probing loop ends */
    struct shape body;  /* at the last branch: what the function looks like between prologue and epilogue */
    struct junction pending[PENDING];
    unsigned pending_count;
};

static bool same_place(const struct place *one, const struct place *other)
{
    return one->base == other->base && one->offset == other->offset;
}

static bool known(const struct place *place)
{
    return place->base == PLACE_ESP || place->base == PLACE_EBP;
}

static struct place moved(struct place place, int32_t offset)
{
    place.offset = (int32_t)((uint32_t)place.offset + (uint32_t)offset);
    return place;
}

static const struct place place_lost = {0, PLACE_LOST, false};

static bool ebp_untouched(const struct shape *shape)
{
    return !shape->ebp_loaded && shape->ebp.base == PLACE_EBP && shape->ebp.offset == 0;
}

static void save_ebp(struct shape *shape, struct place slot)
{
    if (ebp_untouched(shape))
        shape->saved = slot;
}

static void load_ebp(struct shape *shape, struct place slot)
{
    bool restored = known(&slot) && same_place(&slot, &shape->saved);

    shape->ebp = restored ? (struct place){0, PLACE_EBP, slot.sure} : known(&slot) ? slot : place_lost;
    shape->ebp_loaded = !restored && known(&slot);
}

static void set_ebp(struct shape *shape, struct place place)
{
    shape->ebp = place;
    shape->ebp_loaded = false;
}

static void set_esp_from_ebp(struct shape *shape, int32_t offset)
{
    shape->esp = shape->ebp_loaded ? place_lost : moved(shape->ebp, offset);
}

/* gcc's realignment: lea ecx, [esp + 4]; and esp, -16; push dword [ecx - 4]; push ebp; mov ebp, esp. */
static bool copies_return_address(const struct way *way, const struct shape *shape,
                                  const struct instruction *instruction)
{
    return way->from_start && shape->esp.base == PLACE_ALIGNED && ebp_untouched(shape) && instruction->opcode == 0xff &&
           instruction->operand == OPERAND_BASE && instruction->displacement == -4;
}

static bool is_esp_memory(const struct instruction *instruction)
{
    return instruction->operand == OPERAND_BASE && instruction->rm == REGISTER_ESP;
}

/* What the instruction does to ESP and EBP, as far as it goes on behind itself. */
static void execute(const struct way *way, struct shape *shape, const struct instruction *instruction, uint32_t next)
{
    if (instruction->writes_ebp)
        set_ebp(shape, place_lost);
    switch (instruction->kind) {
    case INSTRUCTION_PUSH:
        if (copies_return_address(way, shape, instruction)) {
            shape->esp = (struct place){0, PLACE_ESP, true};
            shape->realigned = true;
            return;
        }
        shape->esp = moved(shape->esp, instruction->esp_change);
        return;
    case INSTRUCTION_POP:
    case INSTRUCTION_ADJUST_ESP:
        shape->esp = moved(shape->esp, instruction->esp_change);
        return;
    case INSTRUCTION_PUSH_EBP:
        shape->esp = moved(shape->esp, instruction->esp_change);
        save_ebp(shape, shape->esp);
        return;
    case INSTRUCTION_POP_EBP:
        load_ebp(shape, shape->esp);
        shape->esp = moved(shape->esp, instruction->esp_change);
        return;
    case INSTRUCTION_EBP_FROM_ESP:
        set_ebp(shape, shape->esp);
        return;
    case INSTRUCTION_LEA_EBP:
        set_ebp(shape, moved(shape->esp, (int32_t)instruction->immediate));
        return;
    case INSTRUCTION_ESP_FROM_EBP:
        set_esp_from_ebp(shape, (int32_t)instruction->immediate);
        return;
    case INSTRUCTION_ALIGN_ESP:
        shape->esp = (struct place){0, PLACE_ALIGNED, false};
        return;
    case INSTRUCTION_LOST_ESP:
        shape->esp = place_lost;
        return;
    case INSTRUCTION_ENTER:
        shape->esp = moved(shape->esp, -4);
        save_ebp(shape, shape->esp);
        set_ebp(shape, shape->esp);
        shape->esp = moved(shape->esp, -(int32_t)instruction->immediate);
        return;
    case INSTRUCTION_LEAVE:
        set_esp_from_ebp(shape, 0);
        load_ebp(shape, shape->esp);
        shape->esp = moved(shape->esp, 4);
        return;
    case INSTRUCTION_CALL:
        if (instruction->target == next) { /* call $ + 5; pop ebx: no call, it asks where it is */
            shape->esp = moved(shape->esp, -4);
            return;
        }
        break;
    case INSTRUCTION_CALL_INDIRECT:
    case INSTRUCTION_CALL_FAR:
        break;
    default:
        if (instruction->opcode == 0x89 && instruction->reg == REGISTER_EBP && is_esp_memory(instruction))
            save_ebp(shape, moved(shape->esp, instruction->displacement));
        if (instruction->opcode == 0x8b && instruction->reg == REGISTER_EBP && is_esp_memory(instruction))
            load_ebp(shape, moved(shape->esp, instruction->displacement));
        return;
    }
    shape->esp.sure = false;
    if (ebp_untouched(shape))
        shape->ebp.sure = false; /* behind a call that never returns is other code, for which EBP may mean something else */
}
