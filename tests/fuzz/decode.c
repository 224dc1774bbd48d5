/*
 * Target: the decoder, and what rests on it, on any bytes of code. What has to hold: nothing outside the code is read, an
 * instruction has 15 bytes at most and does not depend on what stands behind it, a CALL lies right before where it
 * returns to, and all of it ends and says the same again.
 */
#include "call.h"
#include "flow.h"
#include "fuzz.h"
#include "instruction.h"
#include "prologue.h"
#include "../pieces.h"

#define PLACES_MOST 64 /* at which all of it is asked */

static struct pieces pieces;
static struct memory memory;

static void check_instruction(const uint8_t *code, size_t size, uint32_t start, uint32_t offset)
{
    struct instruction whole, alone, read;
    uint8_t *bytes;
    bool good = instruction_decode(code + offset, (unsigned)(size - offset), start + offset, &whole);

    hold(instruction_read(&memory, start + offset, &read) == good, "in memory it is the same instruction");
    if (!good)
        return;
    hold(whole.length > 0 && whole.length <= INSTRUCTION_LONGEST && whole.length <= size - offset, "its length");
    hold(read.length == whole.length && read.kind == whole.kind, "in memory it is the same");
    bytes = malloc(whole.length);
    memcpy(bytes, code + offset, whole.length);
    hold(instruction_decode(bytes, whole.length, start + offset, &alone), "it is whole alone");
    hold(alone.length == whole.length && alone.kind == whole.kind && alone.esp_change == whole.esp_change &&
             alone.immediate == whole.immediate && alone.target == whole.target && alone.writes_ebp == whole.writes_ebp,
         "what it is does not rest on what stands behind it");
    for (unsigned i = 0; i < whole.length; i++)
        hold(!instruction_decode(bytes, i, start + offset, &alone), "without its last byte it is none");
    free(bytes);
}

static void check_call(uint32_t start, uint32_t address)
{
    struct call call = call_before(&memory, address, 0);
    struct call again;

    if (call.kind < CALL_INDIRECT)
        return;
    hold(address - call.site - 1 < INSTRUCTION_LONGEST, "a CALL ends right before where it returns to");
    hold(call.site >= start, "and is read where code is");
    again = call_before(&memory, address, call.target);
    hold(call.kind != CALL_DIRECT || (again.kind == CALL_DIRECT && again.target == call.target),
         "its own target makes it no other CALL");
}

static bool same_state(const struct frame_state *one, const struct frame_state *other)
{
    return one->base == other->base && one->exact == other->exact && one->realigned == other->realigned &&
           one->ebp_saved == other->ebp_saved && one->return_offset == other->return_offset &&
           one->ebp_offset == other->ebp_offset;
}

static void check_function(uint32_t start, uint32_t end, uint32_t pc)
{
    struct prologue prologue = prologue_read(&memory, start, end);
    struct shape shape;
    struct loop loop;

    hold(!prologue.aligned || prologue.readable, "what cannot be read aligns nothing");
    for (int at_call = 0; at_call < 2; at_call++) {
        struct frame_state state = prologue_state(&memory, start, end, pc, at_call);
        struct frame_state again = prologue_state(&memory, start, end, pc, at_call);

        hold(same_state(&state, &again), "a state is the same again");
        hold(!state.exact || state.base != FRAME_BASE_UNKNOWN, "what is exact is known");
        flow_from_start(&memory, start, pc, at_call, true, &shape);
        flow_to_return(&memory, end, pc, at_call, true, &shape);
    }
    prologue_has_frame(&memory, start);
    shape_loop_around(&memory, pc, &loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t starts[] = {0x1000, 0xc0100000, 0};
    uint32_t start, step;

    if (size < 2)
        return 0;
    start = starts[data[0] % 3];
    data++;
    size--;
    if (start == 0)
        start = 0u - (uint32_t)size; /* up to the end of the address space */
    memset(&memory, 0, sizeof memory);
    memory.find = pieces_find;
    memory.context = &pieces;
    memcpy(pieces_add(&pieces, start, (uint32_t)size), data, size);
    step = (uint32_t)size / PLACES_MOST + 1;
    for (uint32_t offset = 0; offset < size; offset++) {
        check_instruction(data, size, start, offset);
        check_call(start, start + offset);
        if (offset % step == 0)
            check_function(start, start + (uint32_t)size, start + offset);
    }
    check_function(start + (uint32_t)size / 2, 0, start + (uint32_t)size - 1);
    check_function(0, 0, start);
    pieces_free(&pieces);
    return 0;
}
