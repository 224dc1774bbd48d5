/* Thunks as gcc 12 and clang 14 write them, disassembled by objdump: what their calls are, and where the return address lies in
   them. */
#include <stdlib.h>
#include <string.h>

#include "instruction.h"
#include "prologue.h"
#include "record.h"
#include "tap.h"
#include "thunk.h"

#define BASE 0x00101000u

static uint8_t code[128];

static bool find(struct memory *memory, uint32_t address, struct window *window)
{
    (void)memory;
    window->start = BASE;
    window->bytes = code;
    window->size = sizeof code;
    return address - BASE < sizeof code;
}

/* The bytes of a text like "55 8bec", and nops behind them. */
static struct memory place(const char *text)
{
    unsigned size = 0;

    memset(code, 0x90, sizeof code);
    for (; *text; text++) {
        char digits[3] = {text[0], text[1], 0};

        if (*text == ' ')
            continue;
        code[size++] = (uint8_t)strtoul(digits, 0, 16);
        text++;
    }
    return (struct memory){.find = find};
}

static enum instruction_kind kind(const char *text, unsigned offset)
{
    struct memory memory = place(text);
    struct instruction instruction;

    return instruction_read(&memory, BASE + offset, &instruction) ? instruction.kind : INSTRUCTION_STOP;
}

/* The way to the return address from offset on, with the start known. */
static bool returns(const char *text, unsigned offset, uint32_t return_offset)
{
    struct memory memory = place(text);
    struct frame_state state = prologue_state(&memory, BASE, UINT32_MAX, BASE + offset, false);

    return state.exact && state.base == FRAME_BASE_ESP && state.return_offset == return_offset;
}

/* call 0c; loop: pause; lfence; jmp loop; 0c: mov [esp], eax; ret */
#define JUMP "e807000000 f390 0faee8 ebf9 890424 c3"
/* call 10; the same loop; aligned: 10: mov [esp], edx; ret */
#define ALIGNED "e80b000000 f390 0faee8 ebf9 90909090 891424 c3"
/* 0c: lea esp, [esp + 4]; ret */
#define RETURN "e807000000 f390 0faee8 ebf9 8d642404 c3"
/* 0c: add esp, 4; ret; as Linux has it */
#define RETURN_ADD "e807000000 f390 0faee8 ebf9 83c404 c3"
/* sub esp, 24; jmp 15; 05: call 11; loop; 11: mov [esp], eax; ret; 15: call 05; 1a: add esp, 24; then RETURN's */
#define INLINE "83ec18 eb10 e807000000 f390 0faee8 ebf9 890424 c3 e8ebffffff 83c418 " RETURN

static void test_calls(void)
{
    ok(kind(JUMP, 0) == INSTRUCTION_JUMP_INDIRECT, "the call of mov [esp], eax; ret is an indirect jump");
    ok(kind(ALIGNED, 0) == INSTRUCTION_JUMP_INDIRECT, "also where that is aligned");
    ok(kind(RETURN, 0) == INSTRUCTION_RET, "the call of lea esp, [esp + 4]; ret is a return");
    ok(kind(RETURN_ADD, 0) == INSTRUCTION_RET, "and that of add esp, 4; ret");
    ok(kind("e807000000 f390 0faee8 ebf9 8b0424 c3", 0) == INSTRUCTION_CALL,
       "mov eax, [esp]; ret only asks where it is");
    ok(kind("e800000000 890424 c3", 0) == INSTRUCTION_CALL, "the call of what is next pushes where it is");
    ok(kind("e807000000 f390 0faee8 ebf9 89442404 c3", 0) == INSTRUCTION_CALL, "another word than [esp]");
}

static void test_places(void)
{
    ok(returns(JUMP, 0, 0), "at a thunk's call");
    ok(returns(JUMP, 12, 4), "at its mov, a word is pushed");
    ok(returns(JUMP, 15, 4), "at its ret, which is none");
    ok(returns(RETURN, 12, 4), "at the lea of a return");
    ok(returns(RETURN, 16, 0), "at its ret");
    ok(returns(INLINE, 0x1a, 24), "behind the call of a thunk inside the function");
    ok(returns(INLINE, 5, 28), "in this thunk, with its own return address");
    ok(returns(INLINE, 0x11, 32), "and with a word more");
}

static void test_evidence(void)
{
    struct memory memory = place(INLINE);
    struct code none = {0};
    struct view view = {.memory = &memory, .code = &none, .limit = 0x1000, .base = 0x2000};
    struct function other = {.named = true, .function = 0x00200000, .start = 0x00200000, .end = 0x00200010};

    ok(record_evidence(&view, BASE + 0x1a, &other) == EVIDENCE_INDIRECT, "the call of a thunk may have called anything");
    ok(record_evidence(&view, BASE + 0x0a, &other) == EVIDENCE_NONE, "a thunk's own call returns nowhere");
    ok(thunk_at(&memory, BASE + 5) && !thunk_at(&memory, BASE), "what is a thunk, and what is none");
    ok(thunk_jumps(&memory, BASE + 0x14) && !thunk_jumps(&memory, BASE + 0x2d), "which ret is a jump");
}

int main(void)
{
    test_calls();
    test_places();
    test_evidence();
    return tap_end();
}
