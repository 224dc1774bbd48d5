/*
 * What kmod's decoders say of an image of code, for tests/decoder.sh to compare with what binutils say of it.
 *
 *     list forms >IMAGE                     writes an image: every opcode, with its prefixes and operands
 *     list instructions IMAGE ADDRESS       instruction_read for each "address" of the input
 *     list calls IMAGE ADDRESS              call_before for each "address prefer"
 *     list states IMAGE ADDRESS             prologue_state for each "start end pc at_call"
 *
 * IMAGE is a file with the bytes that lie at ADDRESS. A line of input may say more behind that. Numbers are
 * hexadecimal, but for lengths and changes of ESP.
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

#define NOP 0x90

/* One instruction and what may belong to it; objdump is back in step at the next one. */
static void write_form(uint8_t prefix, bool two_byte, unsigned opcode, unsigned modrm)
{
    static const uint8_t sib[] = {0x24, 0x25, 0x2c, 0x60, 0xed};
    uint8_t bytes[13];
    unsigned length = 0;

    memset(bytes, NOP, sizeof bytes);
    if (prefix)
        bytes[length++] = prefix;
    if (two_byte)
        bytes[length++] = 0x0f;
    bytes[length++] = (uint8_t)opcode;
    bytes[length++] = (uint8_t)modrm;
    bytes[length++] = sib[modrm % sizeof sib];
    fwrite(bytes, 1, sizeof bytes, stdout);
}

/* Is this ModRM byte worth a try? Each reg, with the r/m of EAX, ESP and EBP and their special meanings. */
static bool is_sample(unsigned modrm, bool prefixed)
{
    unsigned reg = modrm >> 3 & 7;
    unsigned rm = modrm & 7;
    bool special = rm == 4 || rm == 5;

    return prefixed ? special && (reg == 4 || reg == 5 || reg == 2) : special || rm == 0;
}

static void write_forms(void)
{
    static const uint8_t prefixes[] = {0, 0x66, 0x67, 0xf2, 0xf3, 0x64};

    for (unsigned i = 0; i < sizeof prefixes; i++) {
        for (unsigned opcode = 0; opcode < 512; opcode++) {
            for (unsigned modrm = 0; modrm < 256; modrm++) {
                if (is_sample(modrm, prefixes[i] != 0))
                    write_form(prefixes[i], opcode > 255, opcode & 255, modrm);
            }
        }
    }
}

/* Where the header says what it is. */
static bool has_immediate(enum instruction_kind kind)
{
    return kind == INSTRUCTION_LEA_EBP || kind == INSTRUCTION_ESP_FROM_EBP || kind == INSTRUCTION_ALIGN_ESP ||
           kind == INSTRUCTION_ENTER || kind == INSTRUCTION_RET || kind == INSTRUCTION_INTERRUPT;
}

static void list_instructions(struct memory *memory)
{
    static const char *const names[] = {
        [INSTRUCTION_OTHER] = "other",
        [INSTRUCTION_PUSH] = "push",
        [INSTRUCTION_PUSH_EBP] = "push-ebp",
        [INSTRUCTION_POP] = "pop",
        [INSTRUCTION_POP_EBP] = "pop-ebp",
        [INSTRUCTION_EBP_FROM_ESP] = "ebp=esp",
        [INSTRUCTION_LEA_EBP] = "lea-ebp",
        [INSTRUCTION_ESP_FROM_EBP] = "esp=ebp",
        [INSTRUCTION_ADJUST_ESP] = "adjust",
        [INSTRUCTION_ALIGN_ESP] = "align",
        [INSTRUCTION_LOST_ESP] = "lost",
        [INSTRUCTION_ENTER] = "enter",
        [INSTRUCTION_LEAVE] = "leave",
        [INSTRUCTION_CALL] = "call",
        [INSTRUCTION_CALL_INDIRECT] = "icall",
        [INSTRUCTION_CALL_FAR] = "fcall",
        [INSTRUCTION_RET] = "ret",
        [INSTRUCTION_RET_FAR] = "fret",
        [INSTRUCTION_IRET] = "iret",
        [INSTRUCTION_JUMP] = "jump",
        [INSTRUCTION_JUMP_INDIRECT] = "ijump",
        [INSTRUCTION_BRANCH] = "branch",
        [INSTRUCTION_INTERRUPT] = "int",
        [INSTRUCTION_STOP] = "stop",
    };
    struct instruction instruction;
    unsigned at;

    while (scanf("%x%*[^\n]", &at) == 1) {
        if (!instruction_read(memory, at, &instruction)) {
            printf("%x bad\n", at);
            continue;
        }
        printf("%x %u %s %d ", at, instruction.length, names[instruction.kind], instruction.esp_change);
        printf(has_immediate(instruction.kind) ? "%x " : "- ", instruction.immediate);
        printf("%x %x %s\n", instruction.target, instruction.pointer, instruction.writes_ebp ? "ebp" : "-");
    }
}

static void list_calls(struct memory *memory)
{
    static const char *const names[] = {
        [CALL_UNKNOWN] = "unknown",
        [CALL_NONE] = "none",
        [CALL_INDIRECT] = "indirect",
        [CALL_DIRECT] = "direct",
    };

    unsigned at, prefer;

    while (scanf("%x %x%*[^\n]", &at, &prefer) == 2) {
        struct call call = call_before(memory, at, prefer);

        printf("%x %s %x %x %x\n", at, names[call.kind], call.site, call.target, call.pointer);
    }
}

static void list_states(struct memory *memory)
{
    static const char *const names[] = {
        [FRAME_BASE_UNKNOWN] = "unknown",
        [FRAME_BASE_EBP] = "ebp",
        [FRAME_BASE_ESP] = "esp",
        [FRAME_BASE_LOST] = "lost",
    };
    unsigned start, end, pc, at_call;

    while (scanf("%x %x %x %x%*[^\n]", &start, &end, &pc, &at_call) == 4) {
        struct frame_state state = prologue_state(memory, start, end, pc, at_call != 0);

        printf("%x %x %x %s %s %x %s %x %s\n", start, pc, at_call, state.exact ? "exact" : "guess", names[state.base],
               state.return_offset, state.ebp_saved ? "saved" : "-", state.ebp_offset,
               state.realigned ? "realigned" : "-");
    }
}

static bool load(struct memory *memory, const char *path, const char *address)
{
    FILE *file = fopen(path, "rb");

    if (!file)
        return false;
    memory->find = find_nothing;
    memory->code.bytes = image;
    memory->code.start = (uint32_t)strtoul(address, 0, 16);
    memory->code.size = (uint32_t)fread(image, 1, sizeof image, file);
    fclose(file);
    return true;
}

int main(int count, char **arguments)
{
    struct memory memory = {0};
    const char *what = count > 1 ? arguments[1] : "";

    if (strcmp(what, "forms") == 0) {
        write_forms();
        return 0;
    }
    if (count != 4 || !load(&memory, arguments[2], arguments[3])) {
        fprintf(stderr, "usage: list forms | list instructions|calls|states IMAGE ADDRESS\n");
        return 2;
    }
    if (strcmp(what, "instructions") == 0)
        list_instructions(&memory);
    else if (strcmp(what, "calls") == 0)
        list_calls(&memory);
    else
        list_states(&memory);
    return 0;
}
