/*
 * Prints what kmod's decoders say of an image of code, for tests/decoder.sh to compare with what binutils say of it.
 *
 *     list IMAGE ADDRESS instructions       the instruction at every address
 *     list IMAGE ADDRESS calls              call_before for every address
 *     list IMAGE ADDRESS states <PCS        prologue_state for each "start pc at_call" of the input
 *
 * IMAGE is the file with the bytes that lie at ADDRESS. All numbers are hexadecimal, but for changes of ESP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "instruction.h"
#include "prologue.h"

static uint8_t image[16 << 20];

static bool find_nothing(struct memory *memory, uint32_t address, struct window *window)
{
    (void)memory;
    (void)address;
    (void)window;
    return false;
}

static void list_instructions(struct memory *memory)
{
    static const char *const names[] = {
        "other", "push",     "push-ebp", "pop",  "pop-ebp", "ebp=esp", "lea-ebp", "esp=ebp", "adjust",  "align",     "lost",
        "enter", "leave",    "call",     "icall", "fcall",  "ret",     "fret",    "iret",    "jump",    "ijump",     "branch",
        "int",   "stop"};

    uint32_t end = memory->code.start + memory->code.size;
    struct instruction instruction;

    for (uint32_t at = memory->code.start; at < end; at++) {
        if (!instruction_read(memory, at, &instruction)) {
            printf("%x bad\n", at);
            continue;
        }
        printf("%x %u %s %d %x %x %x %s\n", at, instruction.length, names[instruction.kind], instruction.esp_change,
               instruction.immediate, instruction.target, instruction.pointer, instruction.writes_ebp ? "ebp" : "-");
    }
}

static void list_calls(struct memory *memory)
{
    static const char *const names[] = {"unknown", "none", "indirect", "direct"};

    for (uint32_t i = 1; i <= memory->code.size; i++) {
        struct call call = call_before(memory, memory->code.start + i, 0);

        printf("%x %s %x %x %x\n", memory->code.start + i, names[call.kind], call.site, call.target, call.pointer);
    }
}

static void list_states(struct memory *memory)
{
    static const char *const names[] = {"unknown", "ebp", "esp", "lost"};
    unsigned start, pc, at_call;

    while (scanf("%x %x %x", &start, &pc, &at_call) == 3) {
        struct frame_state state = prologue_state(memory, start, pc, at_call != 0);

        printf("%x %x %x %s %s %x %s %x %s\n", start, pc, at_call, state.exact ? "exact" : "guess", names[state.base],
               state.return_offset, state.ebp_saved ? "saved" : "-", state.ebp_offset,
               state.realigned ? "realigned" : "-");
    }
}

int main(int count, char **arguments)
{
    struct memory memory = {.find = find_nothing};
    FILE *file = count == 4 ? fopen(arguments[1], "rb") : 0;

    if (!file) {
        fprintf(stderr, "usage: list IMAGE ADDRESS instructions|calls|states\n");
        return 2;
    }
    memory.code.bytes = image;
    memory.code.start = (uint32_t)strtoul(arguments[2], 0, 16);
    memory.code.size = (uint32_t)fread(image, 1, sizeof image, file);
    fclose(file);
    if (strcmp(arguments[3], "instructions") == 0)
        list_instructions(&memory);
    else if (strcmp(arguments[3], "calls") == 0)
        list_calls(&memory);
    else
        list_states(&memory);
    return 0;
}
