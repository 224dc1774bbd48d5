/* Which exception an instruction raised, by its bytes, registers and what memory there is. */
#include "raised.h"

#include <string.h>

#include "../pieces.h"
#include "tap.h"

#define CODE 0xc0100000u
#define DATA 0xc0200000u
#define ABSENT 0xd0000000u

static struct pieces pieces;
static struct memory memory;
static struct crash crash;

static void begin(const char *bytes, size_t count)
{
    pieces_free(&pieces);
    memset(&memory, 0, sizeof memory);
    memset(&crash, 0, sizeof crash);
    memory.find = pieces_find;
    memory.context = &pieces;
    memcpy(pieces_add(&pieces, CODE, 0x1000), bytes, count);
    pieces_add(&pieces, DATA, 0x1000);
    crash.eip = CODE;
    crash.esp = DATA + 0x800;
    crash.cr2 = DATA; /* it is present */
}

#define CODE_IS(bytes) begin(bytes, sizeof bytes - 1)

static void expect(const char *name, enum raised_by by, uint32_t vector)
{
    struct raised raised;

    raised_find(&memory, &crash, &raised);
    if (!ok(raised.by == by && (by == RAISED_UNKNOWN || raised.vector == vector), "%s", name))
        printf("# by %d, vector %u\n", (int)raised.by, (unsigned)raised.vector);
}

static void test_fetch(void)
{
    CODE_IS("\x90");
    crash.eip = crash.cr2 = ABSENT;
    expect("no memory at eip", RAISED_BY_FETCH, VECTOR_PF);
    crash.cr2 = ABSENT + 3;
    expect("nor right behind it", RAISED_BY_FETCH, VECTOR_PF);
    crash.cr2 = ABSENT + 15;
    expect("but no instruction is so long", RAISED_UNKNOWN, 0);
    crash.cr2 = ABSENT;
    crash.eip_unknown = true;
    expect("eip does not hold", RAISED_UNKNOWN, 0);
}

static void test_by_itself(void)
{
    CODE_IS("\xcd\x40");
    expect("int 40h", RAISED_BY_INT, 0x40);
    CODE_IS("\xcd\x80");
    expect("int 80h, whose number is no negative one", RAISED_BY_INT, 0x80);
    CODE_IS("\xcc");
    expect("int3", RAISED_BY_INT, VECTOR_BP);
    CODE_IS("\xce");
    expect("into", RAISED_BY_INT, VECTOR_OF);
    CODE_IS("\x0f\x0b");
    expect("ud2", RAISED_BY_UNDEFINED, VECTOR_UD);
    CODE_IS("\x90");
    expect("nop", RAISED_UNKNOWN, 0);
    CODE_IS("\x0f\xff");
    expect("no instruction", RAISED_UNKNOWN, 0);
}

/* The instruction touches CR2, which is not present; and with CR2 elsewhere it does not. */
static void expect_access(const char *name, uint32_t cr2)
{
    crash.cr2 = cr2;
    expect(name, RAISED_BY_ACCESS, VECTOR_PF);
    crash.cr2 = ABSENT + 0x800;
    expect("but not another address", RAISED_UNKNOWN, 0);
}

/* Which of ESI and EDI each string instruction goes through; the other one leads to where memory is. */
static void test_strings(void)
{
    static const struct {
        char byte;
        bool source, destination;
    } strings[] = {{(char)0xa5, true, true},  {(char)0xa7, true, true},  {(char)0xab, false, true}, {(char)0xad, true, false},
                   {(char)0xaf, false, true}, {(char)0x6d, false, true}, {(char)0x6f, true, false}};

    for (unsigned i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        begin(&strings[i].byte, 1);
        crash.cr2 = crash.esi = ABSENT;
        crash.edi = DATA;
        expect("a string instruction that reads, or does not", strings[i].source ? RAISED_BY_ACCESS : RAISED_UNKNOWN, VECTOR_PF);
        crash.esi = DATA;
        crash.edi = ABSENT;
        expect("and one that writes or compares, or does not", strings[i].destination ? RAISED_BY_ACCESS : RAISED_UNKNOWN,
               VECTOR_PF);
    }
}

static void test_access(void)
{
    CODE_IS("\x8b\x43\x10");
    crash.ebx = ABSENT;
    expect_access("mov eax, [ebx + 10h]", ABSENT + 0x10);
    CODE_IS("\x8b\x43\xf0");
    crash.ebx = ABSENT + 0x20;
    expect_access("mov eax, [ebx - 10h]", ABSENT + 0x10);
    CODE_IS("\x8b\x0d\x00\x00\x00\xd0");
    expect_access("mov ecx, [d0000000]", ABSENT);
    CODE_IS("\xa1\x00\x00\x00\xd0");
    expect_access("mov eax, [d0000000], the short form", ABSENT);
    CODE_IS("\xa5");
    crash.esi = ABSENT;
    crash.edi = DATA;
    expect_access("movsd, from there", ABSENT);
    crash.esi = DATA;
    crash.edi = ABSENT;
    expect_access("and to there", ABSENT);
    test_strings();
    CODE_IS("\x50");
    crash.esp = ABSENT + 4;
    expect_access("push eax", ABSENT);
    CODE_IS("\x58");
    crash.esp = ABSENT;
    expect_access("pop eax", ABSENT);
    CODE_IS("\xc3");
    crash.esp = ABSENT;
    expect_access("ret", ABSENT);
    CODE_IS("\xc9");
    crash.ebp = ABSENT;
    expect_access("leave", ABSENT);
    CODE_IS("\xe8\x00\x01\x00\x00");
    crash.esp = ABSENT + 4;
    expect_access("call", ABSENT);
    CODE_IS("\x8b\x04\x0b");
    crash.ebx = crash.cr2 = ABSENT;
    expect("mov eax, [ebx + ecx]: an index is not looked at", RAISED_UNKNOWN, 0);
    for (unsigned i = 0; i < 8; i++) { /* mov eax, [register] */
        char bytes[] = {(char)0x8b, (char)(i == 4 ? 0x44 : 0x40 | i), 0x24, 0};
        uint32_t *const registers[] = {&crash.eax, &crash.ecx, &crash.edx, &crash.ebx,
                                       &crash.esp, &crash.ebp, &crash.esi, &crash.edi};

        if (i != 4)
            bytes[2] = 4;
        begin(bytes, sizeof bytes);
        *registers[i] = ABSENT;
        crash.cr2 = ABSENT + (i == 4 ? 0 : 4);
        expect("each register as a base", RAISED_BY_ACCESS, VECTOR_PF);
    }
}

/* It has an operand at CR2, and touches nothing there. */
static void test_no_access(void)
{
    static const struct {
        const char *name, *bytes;
    } instructions[] = {
        {"lea eax, [ebx]", "\x8d\x03"},
        {"nop dword [ebx]", "\x0f\x1f\x03"},
        {"nop word [ebx]", "\x66\x0f\x1f\x03"},
        {"prefetcht0 [ebx]", "\x0f\x18\x0b"},
        {"prefetchw [ebx]", "\x0f\x0d\x0b"},
        {"invlpg [ebx]", "\x0f\x01\x3b"},
    };

    for (unsigned i = 0; i < sizeof instructions / sizeof instructions[0]; i++) {
        begin(instructions[i].bytes, strlen(instructions[i].bytes));
        crash.ebx = crash.cr2 = ABSENT;
        expect(instructions[i].name, RAISED_UNKNOWN, 0);
    }
    CODE_IS("\x0f\x01\x13");
    crash.ebx = crash.cr2 = ABSENT;
    expect("but lgdt [ebx] does", RAISED_BY_ACCESS, VECTOR_PF);
    CODE_IS("\x0f\xae\x3b");
    crash.ebx = crash.cr2 = ABSENT;
    expect("and so does clflush [ebx]", RAISED_BY_ACCESS, VECTOR_PF);
}

static void test_division(void)
{
    CODE_IS("\xf7\xf1");
    expect("div ecx, by zero", RAISED_BY_DIVISION, VECTOR_DE);
    crash.ecx = 5;
    crash.edx = 4;
    expect("by more than edx", RAISED_UNKNOWN, 0);
    crash.edx = 5;
    expect("by as much: the quotient has 33 bits", RAISED_BY_DIVISION, VECTOR_DE);
    CODE_IS("\xf7\xf9");
    crash.ecx = 1;
    crash.edx = 5;
    expect("idiv ecx: that cannot be told so easily", RAISED_UNKNOWN, 0);
    crash.ecx = 0;
    expect("but by zero it can", RAISED_BY_DIVISION, VECTOR_DE);
    CODE_IS("\xf7\xe1");
    expect("mul ecx", RAISED_UNKNOWN, 0);
    CODE_IS("\xf6\xf1");
    crash.ecx = 0x100;
    expect("div cl", RAISED_BY_DIVISION, VECTOR_DE);
    crash.ecx = 3;
    crash.eax = 0x2ff;
    expect("whose quotient fits", RAISED_UNKNOWN, 0);
    crash.eax = 0x300;
    expect("or does not", RAISED_BY_DIVISION, VECTOR_DE);
    CODE_IS("\xf6\xf5");
    crash.ecx = 0x7f;
    expect("div ch", RAISED_BY_DIVISION, VECTOR_DE);
    crash.ecx = 0x0100;
    expect("which is not zero then", RAISED_UNKNOWN, 0);
    CODE_IS("\xf7\x73\x04");
    crash.ebx = DATA;
    expect("div [ebx + 4]", RAISED_BY_DIVISION, VECTOR_DE);
    crash.ebx = ABSENT;
    expect("which cannot be read", RAISED_UNKNOWN, 0);
    CODE_IS("\xf7\x35\x00\x00\x20\xc0");
    expect("div [c0200000]", RAISED_BY_DIVISION, VECTOR_DE);
    CODE_IS("\xf7\x35\x00\x00\x00\xd0");
    expect("which cannot be read, either", RAISED_UNKNOWN, 0);
    CODE_IS("\xf7\x34\x0b");
    crash.ebx = DATA;
    expect("div [ebx + ecx]: an index is not looked at", RAISED_UNKNOWN, 0);
    CODE_IS("\x66\xf7\xf1");
    expect("div cx: nor is a prefix", RAISED_UNKNOWN, 0);
}

static void test_gates(void)
{
    ok(raised_by_gate(GATE_NOT_PRESENT) == VECTOR_NP && raised_by_gate(GATE_UNREADABLE) == VECTOR_PF &&
           raised_by_gate(GATE_BAD_TSS) == VECTOR_TS && raised_by_gate(GATE_WRONG_TYPE) == VECTOR_GP,
       "what a bad gate raises");
    ok(raised_doubles(VECTOR_DE) && raised_doubles(VECTOR_TS) && raised_doubles(VECTOR_NP) && raised_doubles(VECTOR_SS) &&
           raised_doubles(VECTOR_GP) && raised_doubles(VECTOR_PF),
       "the contributory exceptions and the page fault double");
    ok(!raised_doubles(VECTOR_UD) && !raised_doubles(VECTOR_BP) && !raised_doubles(VECTOR_DF) && !raised_doubles(VECTOR_MF),
       "the others do not");
}

int main(void)
{
    test_fetch();
    test_by_itself();
    test_access();
    test_no_access();
    test_division();
    test_gates();
    pieces_free(&pieces);
    return tap_end();
}
