/* Does a CALL end here? */
#include "call.h"

#include "instruction.h"

#define CALL_LONGEST 8 /* prefix 66 or 67, 9A and six bytes, or FF, ModRM, SIB and four */
#define CALL_SHORTEST 2

/* So few bytes can start a CALL that most addresses are done with after looking at them. */
static bool can_start_call(uint8_t byte)
{
    return byte == 0xff || byte == 0xe8 || byte == 0x9a || byte == 0x66 || byte == 0x67;
}

static bool relative_to_fs_or_gs(const uint8_t *bytes)
{
    return *bytes == 0x64 || *bytes == 0x65;
}

/* Decodes the CALL that takes up all of these bytes. */
static bool decode_call(const uint8_t *bytes, unsigned length, uint32_t site, struct call *call)
{
    struct instruction instruction;

    if (!can_start_call(*bytes) || !instruction_decode(bytes, length, site, &instruction) ||
        instruction.length != length)
        return false;
    switch (instruction.kind) {
    case INSTRUCTION_CALL:
    case INSTRUCTION_CALL_FAR:
        call->kind = CALL_DIRECT;
        break;
    case INSTRUCTION_CALL_INDIRECT:
        call->kind = CALL_INDIRECT;
        break;
    default:
        return false;
    }
    call->site = site;
    call->target = instruction.target;
    call->pointer = instruction.pointer;
    return true;
}

/* end points behind the last byte; count bytes before it are there. */
static struct call search(const uint8_t *end, unsigned count, uint32_t return_address, uint32_t prefer)
{
    struct call found = {count < CALL_LONGEST ? CALL_UNKNOWN : CALL_NONE, 0, 0, 0};
    bool any = false;
    struct call call;

    for (unsigned length = CALL_SHORTEST; length <= count; length++) {
        if (!decode_call(end - length, length, return_address - length, &call))
            continue;
        if (call.pointer != 0 && length < count && relative_to_fs_or_gs(end - length - 1)) {
            call.site--;
            call.pointer = 0;
        }
        if (call.kind == CALL_DIRECT && call.target == prefer && prefer != 0)
            return call;
        if (!any)
            found = call;
        any = true;
    }
    return found;
}

/* Everything but the usual case, apart from it so that it costs the usual case no registers. */
__attribute__((noinline)) static struct call search_memory(struct memory *memory, uint32_t return_address,
                                                           uint32_t prefer)
{
    const struct window *window = &memory->code;
    uint32_t offset = return_address - window->start;
    uint8_t bytes[CALL_LONGEST];
    unsigned count = 0;

    memory->work++;
    if (offset >= CALL_LONGEST && offset <= window->size)
        return search(window->bytes + offset, CALL_LONGEST, return_address, prefer);
    /* Backward, since those in front may be missing. */
    while (count < CALL_LONGEST && count < return_address &&
           memory_code(memory, return_address - count - 1, bytes + CALL_LONGEST - count - 1, 1) == 1)
        count++;
    return search(bytes + CALL_LONGEST, count, return_address, prefer);
}

struct call call_before(struct memory *memory, uint32_t return_address, uint32_t prefer)
{
    if (prefer != 0 && call_goes_to(memory, return_address, prefer))
        return (struct call){CALL_DIRECT, return_address - CALL_E8_LENGTH, prefer, 0};
    return search_memory(memory, return_address, prefer);
}
