/* instruction_decode against the manual, by hand; tests/decoder.sh compares it with objdump on much more. */
#include <stdlib.h>
#include <string.h>

#include "instruction.h"
#include "tap.h"

#define ADDRESS 0xc0100000u

/* Bytes are written as text, "55 8b ec", and stand at ADDRESS. */
static unsigned parse(const char *text, uint8_t *bytes)
{
    unsigned count = 0;
    char *end;

    for (;;) {
        unsigned long byte = strtoul(text, &end, 16);

        if (end == text)
            return count;
        bytes[count++] = (uint8_t)byte;
        text = end;
    }
}

static const struct {
    const char *bytes;
    enum instruction_kind kind;
    int32_t esp_change;
    uint32_t immediate, target, pointer;
    bool writes_ebp;
    const char *name;
} known[] = {
    {"55", INSTRUCTION_PUSH_EBP, -4, 0, 0, 0, false, "push ebp"},
    {"ff f5", INSTRUCTION_PUSH_EBP, -4, 0, 0, 0, false, "push ebp, the long way"},
    {"66 55", INSTRUCTION_PUSH, -2, 0, 0, 0, false, "push bp"},
    {"54", INSTRUCTION_PUSH, -4, 0, 0, 0, false, "push esp"},
    {"6a ff", INSTRUCTION_PUSH, -4, 0xffffffff, 0, 0, false, "push -1"},
    {"68 40 e2 d9 b8", INSTRUCTION_PUSH, -4, 0xb8d9e240, 0, 0, false, "push 0b8d9e240h"},
    {"66 68 34 12", INSTRUCTION_PUSH, -2, 0x1234, 0, 0, false, "push word 1234h"},
    {"ff 71 fc", INSTRUCTION_PUSH, -4, 0, 0, 0, false, "push dword [ecx - 4]"},
    {"0f a8", INSTRUCTION_PUSH, -4, 0, 0, 0, false, "push gs"},
    {"16", INSTRUCTION_PUSH, -4, 0, 0, 0, false, "push ss"},
    {"9c", INSTRUCTION_PUSH, -4, 0, 0, 0, false, "pushfd"},
    {"60", INSTRUCTION_PUSH, -32, 0, 0, 0, false, "pushad"},
    {"66 60", INSTRUCTION_PUSH, -16, 0, 0, 0, false, "pusha"},
    {"5d", INSTRUCTION_POP_EBP, 4, 0, 0, 0, false, "pop ebp"},
    {"8f c5", INSTRUCTION_POP_EBP, 4, 0, 0, 0, false, "pop ebp, the long way"},
    {"66 5d", INSTRUCTION_POP, 2, 0, 0, 0, true, "pop bp"},
    {"5f", INSTRUCTION_POP, 4, 0, 0, 0, false, "pop edi"},
    {"8f 44 24 08", INSTRUCTION_POP, 4, 0, 0, 0, false, "pop dword [esp + 8]"},
    {"0f a1", INSTRUCTION_POP, 4, 0, 0, 0, false, "pop fs"},
    {"9d", INSTRUCTION_POP, 4, 0, 0, 0, false, "popfd"},
    {"61", INSTRUCTION_POP, 32, 0, 0, 0, true, "popad"},
    {"5c", INSTRUCTION_LOST_ESP, 0, 0, 0, 0, false, "pop esp"},
    {"8b ec", INSTRUCTION_EBP_FROM_ESP, 0, 0, 0, 0, false, "mov ebp, esp"},
    {"89 e5", INSTRUCTION_EBP_FROM_ESP, 0, 0, 0, 0, false, "mov ebp, esp, the other way"},
    {"66 89 e5", INSTRUCTION_OTHER, 0, 0, 0, 0, true, "mov bp, sp"},
    {"f2 0f 38 f1 ec", INSTRUCTION_OTHER, 0, 0, 0, 0, true, "crc32 ebp, esp"},
    {"0f 38 f1 28", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "movbe [eax], ebp"},
    {"f2 0f 38 f0 e9", INSTRUCTION_OTHER, 0, 0, 0, 0, true, "crc32 ebp, cl"},
    {"8d 6c 24 08", INSTRUCTION_LEA_EBP, 0, 8, 0, 0, false, "lea ebp, [esp + 8]"},
    {"8b e5", INSTRUCTION_ESP_FROM_EBP, 0, 0, 0, 0, false, "mov esp, ebp"},
    {"8d 65 f4", INSTRUCTION_ESP_FROM_EBP, 0, 0xfffffff4, 0, 0, false, "lea esp, [ebp - 12]"},
    {"83 ec 18", INSTRUCTION_ADJUST_ESP, -0x18, 0x18, 0, 0, false, "sub esp, 18h"},
    {"83 ec 80", INSTRUCTION_ADJUST_ESP, 0x80, 0xffffff80, 0, 0, false, "sub esp, -80h"},
    {"81 c4 70 fd ff ff", INSTRUCTION_ADJUST_ESP, -0x290, 0xfffffd70, 0, 0, false, "add esp, 0fffffd70h"},
    {"8d a4 24 00 f0 ff ff", INSTRUCTION_ADJUST_ESP, -0x1000, 0, 0, 0, false, "lea esp, [esp - 1000h]"},
    {"83 e4 f0", INSTRUCTION_ALIGN_ESP, 0, 0xfffffff0, 0, 0, false, "and esp, -16"},
    {"66 83 ec 18", INSTRUCTION_LOST_ESP, 0, 0x18, 0, 0, false, "sub sp, 18h"},
    {"29 c4", INSTRUCTION_LOST_ESP, 0, 0, 0, 0, false, "sub esp, eax"},
    {"2b e1", INSTRUCTION_LOST_ESP, 0, 0, 0, 0, false, "sub esp, ecx"},
    {"8d 61 fc", INSTRUCTION_LOST_ESP, 0, 0, 0, 0, false, "lea esp, [ecx - 4]"},
    {"94", INSTRUCTION_LOST_ESP, 0, 0, 0, 0, false, "xchg eax, esp"},
    {"87 e5", INSTRUCTION_LOST_ESP, 0, 0, 0, 0, true, "xchg ebp, esp"},
    {"0f b2 20", INSTRUCTION_LOST_ESP, 0, 0, 0, 0, false, "lss esp, [eax]"},
    {"83 fc 10", INSTRUCTION_OTHER, 0, 0x10, 0, 0, false, "cmp esp, 10h"},
    {"85 e4", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "test esp, esp"},
    {"88 c4", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "mov ah, al"},
    {"8b 6c 24 10", INSTRUCTION_OTHER, 0, 0, 0, 0, true, "mov ebp, [esp + 10h]"},
    {"89 6c 24 10", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "mov [esp + 10h], ebp"},
    {"31 ed", INSTRUCTION_OTHER, 0, 0, 0, 0, true, "xor ebp, ebp"},
    {"bd 78 56 34 12", INSTRUCTION_OTHER, 0, 0x12345678, 0, 0, true, "mov ebp, 12345678h"},
    {"0f af 6b 04", INSTRUCTION_OTHER, 0, 0, 0, 0, true, "imul ebp, [ebx + 4]"},
    {"8b ff", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "mov edi, edi"},
    {"f3 0f 1e fb", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "endbr32"},
    {"66 2e 0f 1f 84 00 00 00 00 00", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "a nop of ten bytes"},
    {"0f a7 f8", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "xrng2"},
    {"f3 0f a6 ec", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "sm3"},
    {"64 a1 00 00 00 00", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "mov eax, fs:[0]"},
    {"64 89 25 00 00 00 00", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "mov fs:[0], esp"},
    {"c8 20 01 00", INSTRUCTION_ENTER, 0, 0x120, 0, 0, false, "enter 120h, 0"},
    {"c8 20 01 01", INSTRUCTION_LOST_ESP, 0, 0x120, 0, 0, true, "enter 120h, 1"},
    {"c9", INSTRUCTION_LEAVE, 0, 0, 0, 0, false, "leave"},
    {"e8 05 00 00 00", INSTRUCTION_CALL, 0, 5, ADDRESS + 10, 0, false, "call"},
    {"e8 fb ff ff ff", INSTRUCTION_CALL, 0, 0xfffffffb, ADDRESS, 0, false, "call backward"},
    {"66 e8 05 00", INSTRUCTION_CALL, 0, 5, 9, 0, false, "call with a 16-bit operand"},
    {"ff 15 90 60 59 b9", INSTRUCTION_CALL_INDIRECT, 0, 0, 0, 0xb9596090, false, "call dword [0b9596090h]"},
    {"65 ff 15 10 00 00 00", INSTRUCTION_CALL_INDIRECT, 0, 0, 0, 0, false, "call dword gs:[10h]"},
    {"ff d0", INSTRUCTION_CALL_INDIRECT, 0, 0, 0, 0, false, "call eax"},
    {"ff 14 85 90 60 59 b9", INSTRUCTION_CALL_INDIRECT, 0, 0, 0, 0, false, "call dword [eax * 4 + 0b9596090h]"},
    {"ff 1d 90 60 59 b9", INSTRUCTION_CALL_INDIRECT, 0, 0, 0, 0xb9596090, false, "call far [0b9596090h]"},
    {"9a 78 56 34 12 08 00", INSTRUCTION_CALL_FAR, 0, 0x12345678, 0x12345678, 0, false, "call 8:12345678h"},
    {"c3", INSTRUCTION_RET, 0, 0, 0, 0, false, "ret"},
    {"f3 c3", INSTRUCTION_RET, 0, 0, 0, 0, false, "rep ret"},
    {"c2 04 80", INSTRUCTION_RET, 0, 0x8004, 0, 0, false, "ret 8004h"},
    {"cb", INSTRUCTION_RET_FAR, 0, 0, 0, 0, false, "retf"},
    {"cf", INSTRUCTION_IRET, 0, 0, 0, 0, false, "iret"},
    {"eb fe", INSTRUCTION_JUMP, 0, 0xfffffffe, ADDRESS, 0, false, "jmp to itself"},
    {"e9 00 01 00 00", INSTRUCTION_JUMP, 0, 0x100, ADDRESS + 0x105, 0, false, "jmp"},
    {"ff 24 85 00 00 00 c0", INSTRUCTION_JUMP_INDIRECT, 0, 0, 0, 0, false, "jmp [eax * 4 + 0c0000000h]"},
    {"75 10", INSTRUCTION_BRANCH, 0, 0x10, ADDRESS + 0x12, 0, false, "jne"},
    {"0f 84 fa ff ff ff", INSTRUCTION_BRANCH, 0, 0xfffffffa, ADDRESS, 0, false, "je, far"},
    {"e2 10", INSTRUCTION_BRANCH, 0, 0x10, ADDRESS + 0x12, 0, false, "loop"},
    {"e3 10", INSTRUCTION_BRANCH, 0, 0x10, ADDRESS + 0x12, 0, false, "jecxz"},
    {"cd 80", INSTRUCTION_INTERRUPT, 0, 0x80, 0, 0, false, "int 80h"},
    {"cc", INSTRUCTION_INTERRUPT, 0, 3, 0, 0, false, "int3"},
    {"0f 34", INSTRUCTION_INTERRUPT, 0, 0, 0, 0, false, "sysenter"},
    {"f4", INSTRUCTION_OTHER, 0, 0, 0, 0, false, "hlt"},
    {"0f 0b", INSTRUCTION_STOP, 0, 0, 0, 0, false, "ud2"},
};

static const char *const undefined[] = {
    "ff f8",             /* FF /7 */
    "ff d8",             /* call far eax */
    "fe d0",             /* FE /2 */
    "8d c0",             /* lea eax, eax */
    "8f c8",             /* XOP */
    "c5 f8 77",          /* vzeroupper */
    "62 f1 7c 48 28 c1", /* EVEX */
    "8e c8",             /* mov cs, eax */
    "0f ba c0 01",       /* 0F BA /0 */
    "0f 04",
    "0f a7 38",          /* xrng2, but in memory */
    "66",                                             /* nothing but a prefix */
    "e8 00 00 00",                                    /* cut off */
    "81 ec 00 10 00",                                 /* cut off */
    "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90" /* 16 bytes */
};

static void test_known(void)
{
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint8_t bytes[INSTRUCTION_LONGEST + 1];
        unsigned count = parse(known[i].bytes, bytes);
        struct instruction got;
        bool decoded = instruction_decode(bytes, count, ADDRESS, &got);

        ok(decoded && got.kind == known[i].kind && got.length == count && got.esp_change == known[i].esp_change &&
               got.immediate == known[i].immediate && got.target == known[i].target &&
               got.pointer == known[i].pointer && got.writes_ebp == known[i].writes_ebp,
           "%s", known[i].name);
        ok(!instruction_decode(bytes, count - 1, ADDRESS, &got), "%s, but for its last byte", known[i].name);
    }
}

static void test_undefined(void)
{
    for (unsigned i = 0; i < sizeof undefined / sizeof undefined[0]; i++) {
        uint8_t bytes[INSTRUCTION_LONGEST + 1];
        struct instruction got;

        ok(!instruction_decode(bytes, parse(undefined[i], bytes), ADDRESS, &got), "%s is none", undefined[i]);
    }
}

static void test_operands(void)
{
    static const uint8_t push_below_ecx[] = {0xff, 0x71, 0xfc};
    static const uint8_t save_ebp[] = {0x89, 0xac, 0x24, 0x78, 0x56, 0x34, 0x12};
    struct instruction got;

    instruction_decode(push_below_ecx, sizeof push_below_ecx, ADDRESS, &got);
    ok(got.opcode == 0xff && got.reg == 6 && got.operand == OPERAND_BASE && got.rm == REGISTER_ECX &&
           got.displacement == -4,
       "push dword [ecx - 4]: the operand");
    instruction_decode(save_ebp, sizeof save_ebp, ADDRESS, &got);
    ok(got.opcode == 0x89 && got.reg == REGISTER_EBP && got.operand == OPERAND_BASE && got.rm == REGISTER_ESP &&
           got.displacement == 0x12345678,
       "mov [esp + 12345678h], ebp: the operand");
}

/* Random bytes, in memory that ends where they end: the sanitizers see any read beyond. */
static void test_random(void)
{
    unsigned decoded = 0;
    bool sane = true;

    srand(1);
    for (unsigned i = 0; i < 200000; i++) {
        unsigned count = (unsigned)rand() % (INSTRUCTION_LONGEST + 2);
        uint8_t *bytes = malloc(count + !count);
        struct instruction got, again;

        for (unsigned j = 0; j < count; j++)
            bytes[j] = (uint8_t)(rand() >> 7);
        if (instruction_decode(bytes, count, (uint32_t)rand() * 2, &got)) {
            decoded++;
            sane &= got.length > 0 && got.length <= count && got.length <= INSTRUCTION_LONGEST;
            sane &= instruction_decode(bytes, got.length, 0, &again) && again.kind == got.kind;
        }
        free(bytes);
    }
    ok(sane && decoded > 0, "200000 times random bytes: an instruction ends where it ends");
}

int main(void)
{
    test_known();
    test_undefined();
    test_operands();
    test_random();
    return tap_end();
}
