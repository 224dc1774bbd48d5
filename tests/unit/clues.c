/* Clues: what registers, code and memory tell of a crash, and what they do not. */
#include "clues.h"

#include <string.h>

#include "../pieces.h"
#include "tap.h"

#define CODE 0xc0100000u
#define CODE_SIZE 0x1000u
#define LIMIT 0xc0201000u
#define BASE 0xc0203000u
#define ABSENT 0xc0300000u /* nothing is there */
#define DATA 0xc0400000u
#define USER_CS 0x1b

static struct pieces pieces;
static struct machine machine;
static struct code code;
static struct crash crash;
static struct stack_range range;
static struct clues clues;
static uint8_t *stack, *data;

/* ESP in the middle of its stack, EIP at these bytes of code. */
static void begin(const char *bytes, size_t count)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};

    pieces_free(&pieces);
    memset(&machine, 0, sizeof machine);
    memset(&crash, 0, sizeof crash);
    memset(&range, 0, sizeof range);
    machine.memory.find = pieces_find;
    machine.memory.context = &pieces;
    stack = pieces_add(&pieces, LIMIT, BASE - LIMIT);
    data = pieces_add(&pieces, DATA, 0x1000);
    memcpy(pieces_add(&pieces, CODE, CODE_SIZE), bytes, count);
    code_open(&code, &empty, 0);
    crash.registers_known = true;
    crash.cs = 8;
    crash.eip = CODE;
    crash.esp = range.pointer = range.from = LIMIT + 0x800;
    crash.ebp = LIMIT + 0x820;
    crash.cr2 = ABSENT;
    range.source = STACK_REGISTERED;
    range.limit = LIMIT;
    range.base = BASE;
}

static void find(void)
{
    memset(&clues, 0xff, sizeof clues);
    clues_of_registers(&machine, &code, &crash, &range, &clues);
}

/* --- which exception --- */

static void expect_raised(const char *what, enum raised_by by, uint32_t vector)
{
    find();
    if (!ok(clues.raised.by == by && (by == RAISED_UNKNOWN || clues.raised.vector == vector), "%s", what))
        printf("# by %d, vector %u\n", (int)clues.raised.by, (unsigned)clues.raised.vector);
}

#define BEGIN(bytes) begin(bytes, sizeof bytes - 1)

static void test_accesses(void)
{
    BEGIN("\x8b\x03"); /* mov eax, [ebx] */
    crash.ebx = ABSENT;
    expect_raised("a read through a register", RAISED_BY_ACCESS, VECTOR_PF);
    crash.ebx = ABSENT - 64;
    expect_raised("of something else", RAISED_UNKNOWN, 0);
    crash.ebx = ABSENT + 1;
    expect_raised("nor does it begin behind CR2", RAISED_UNKNOWN, 0);

    BEGIN("\x8b\x03");
    crash.ebx = crash.cr2 = DATA;
    expect_raised("of what is present", RAISED_UNKNOWN, 0);

    BEGIN("\x89\x45\xf0"); /* mov [ebp - 16], eax */
    crash.ebp = ABSENT + 16;
    expect_raised("a write at a distance from a register", RAISED_BY_ACCESS, VECTOR_PF);

    BEGIN("\xff\x05\x00\x00\x30\xc0"); /* inc dword [c0300000h] */
    expect_raised("an access to an address", RAISED_BY_ACCESS, VECTOR_PF);

    BEGIN("\xa1\x00\x00\x30\xc0"); /* mov eax, [c0300000h] */
    expect_raised("the short form of it", RAISED_BY_ACCESS, VECTOR_PF);

    BEGIN("\xf3\xa5"); /* rep movsd */
    crash.esi = DATA;
    crash.edi = ABSENT;
    expect_raised("a string instruction's destination", RAISED_BY_ACCESS, VECTOR_PF);
    crash.esi = ABSENT;
    crash.edi = DATA;
    expect_raised("its source", RAISED_BY_ACCESS, VECTOR_PF);
    crash.esi = DATA;
    expect_raised("neither", RAISED_UNKNOWN, 0);

    BEGIN("\xab"); /* stosd */
    crash.esi = ABSENT;
    crash.edi = DATA;
    expect_raised("stos has no source", RAISED_UNKNOWN, 0);

    BEGIN("\x5b"); /* pop ebx */
    crash.esp = ABSENT;
    expect_raised("a pop", RAISED_BY_ACCESS, VECTOR_PF);

    BEGIN("\x53"); /* push ebx */
    crash.esp = ABSENT + 4;
    expect_raised("a push", RAISED_BY_ACCESS, VECTOR_PF);

    BEGIN("\xc9"); /* leave */
    crash.ebp = ABSENT;
    expect_raised("leave reads where EBP is", RAISED_BY_ACCESS, VECTOR_PF);

    BEGIN("\x90");
    expect_raised("nop accesses nothing", RAISED_UNKNOWN, 0);
}

static void test_fetch(void)
{
    BEGIN("");
    crash.eip = crash.cr2 = ABSENT;
    expect_raised("EIP where nothing is", RAISED_BY_FETCH, VECTOR_PF);
    crash.cr2 = ABSENT + 0x1000;
    expect_raised("but CR2 elsewhere", RAISED_UNKNOWN, 0);

    BEGIN("");
    crash.eip = CODE + CODE_SIZE - 2;
    crash.cr2 = CODE + CODE_SIZE;
    expect_raised("an instruction that goes on where nothing is", RAISED_BY_FETCH, VECTOR_PF);

    BEGIN("\x90");
    crash.cr2 = CODE + 1;
    expect_raised("a stale CR2 near EIP, where code is", RAISED_UNKNOWN, 0);

    BEGIN("\x90");
    crash.eip_unknown = true;
    expect_raised("nothing is said of an EIP that is not known", RAISED_UNKNOWN, 0);
}

static void test_others(void)
{
    BEGIN("\xcd\x40");
    expect_raised("int 40h", RAISED_BY_INT, 0x40);
    BEGIN("\xcd\xf0");
    expect_raised("int f0h", RAISED_BY_INT, 0xf0);
    BEGIN("\xcc");
    expect_raised("int3", RAISED_BY_INT, VECTOR_BP);
    BEGIN("\xce");
    expect_raised("into", RAISED_BY_INT, VECTOR_OF);
    BEGIN("\x0f\x0b");
    expect_raised("ud2", RAISED_BY_UNDEFINED, VECTOR_UD);

    BEGIN("\xf7\xf1"); /* div ecx */
    expect_raised("a division by zero", RAISED_BY_DIVISION, VECTOR_DE);
    crash.ecx = 7;
    crash.edx = 6;
    expect_raised("by something larger than EDX", RAISED_UNKNOWN, 0);
    crash.edx = 7;
    expect_raised("by no more than EDX: the quotient has 33 bits", RAISED_BY_DIVISION, VECTOR_DE);

    BEGIN("\xf7\xf9"); /* idiv ecx */
    crash.ecx = 7;
    crash.edx = 0xffffffff;
    expect_raised("of a negative number", RAISED_UNKNOWN, 0);
    crash.ecx = 0;
    expect_raised("by zero all the same", RAISED_BY_DIVISION, VECTOR_DE);

    BEGIN("\xf6\xf4"); /* div ah */
    crash.eax = 0x12340100;
    expect_raised("div ah: AX by its own upper half", RAISED_BY_DIVISION, VECTOR_DE);
    BEGIN("\xf6\xf1"); /* div cl */
    crash.eax = 0x12340100;
    crash.ecx = 0xffffff02;
    expect_raised("div cl: 100h by 2", RAISED_UNKNOWN, 0);

    BEGIN("\xf7\x35\x00\x00\x40\xc0"); /* div dword [c0400000h] */
    expect_raised("by a zero in memory", RAISED_BY_DIVISION, VECTOR_DE);
    data[0] = 1;
    expect_raised("by a one", RAISED_UNKNOWN, 0);

    BEGIN("\x66\xf7\xf1"); /* div cx */
    expect_raised("a division of 16 bits is not looked at", RAISED_UNKNOWN, 0);
    BEGIN("\xf7\xe1"); /* mul ecx */
    expect_raised("a multiplication is none", RAISED_UNKNOWN, 0);
}

/* --- pushes --- */

static void expect_push(const char *what, uint32_t esp, uint32_t cr2, bool failed)
{
    range.pointer = range.from = crash.esp = esp;
    crash.cr2 = cr2;
    find();
    ok(clues.push_failed == failed, "%s", what);
}

static void test_pushes(void)
{
    BEGIN("\x90");
    expect_push("CR2 right below ESP", LIMIT, LIMIT - 4, true);
    expect_push("CR2 where an error code goes", LIMIT + 12, LIMIT - 4, true);
    expect_push("not where nothing goes", LIMIT + 13, LIMIT - 4, false);
    expect_push("nor above", LIMIT - 4, LIMIT - 4, false);
    expect_push("nor where a page is present", LIMIT + 0x800, LIMIT + 0x800 - 4, false);
    expect_push("below address 0", 0, 0xfffffffc, true);
    crash.cs = USER_CS;
    expect_push("from user mode SS and ESP come first", LIMIT + 20, LIMIT - 4, true);
    expect_push("but no more", LIMIT + 21, LIMIT - 4, false);

    BEGIN("\x90");
    expect_push("CR2 below ESP where a page is present", LIMIT + 0x800, LIMIT + 0x800 - 4, false);
    ok(clues.push_elsewhere, "is of another address space");
    crash.space = SPACE_UNREADABLE;
    expect_push("which the kernel names", LIMIT + 0x800, LIMIT + 0x800 - 4, false);
    ok(clues.push_elsewhere, "and nobody can read");
    crash.space = SPACE_VICTIM;
    expect_push("CR2 is an old one", LIMIT + 0x800, LIMIT + 0x800 - 4, false);
    ok(!clues.push_elsewhere, "where the address space is the right one");
    crash.space = SPACE_WITHOUT_STACK;
    expect_push("a stack that is not mapped is read elsewhere", LIMIT + 0x800, LIMIT + 0x800 - 4, true);
    ok(!clues.push_elsewhere && clues.cr2_missing, "and what is present there says nothing");

    BEGIN("\x90");
    find();
    ok(clues.guarded, "a missing page below the limit is a guard page");
    pieces_add(&pieces, LIMIT - 0x1000, 0x1000);
    find();
    ok(!clues.guarded, "one that is present is none");
}

/* --- how EIP and ESP came to be what they are --- */

static void store(uint32_t address, uint32_t word)
{
    memcpy(stack + (address - LIMIT), &word, 4);
}

static void test_ways(void)
{
    begin("\xff\xd0\x90", 3); /* call eax */
    find();
    ok(!clues.no_code, "EIP in code");
    crash.eip = 0;
    store(crash.esp, CODE + 2);
    find();
    ok(clues.no_code && clues.came_by_call && clues.caller == CODE + 2 && !clues.came_by_return,
       "EIP nowhere, and the return address of a call at ESP");
    store(crash.esp, CODE + 1);
    find();
    ok(clues.no_code && !clues.came_by_call, "what no call left is none");
    crash.eip = 0x41414141;
    store(crash.esp - 4, 0x41414141);
    find();
    ok(clues.came_by_return && !clues.came_by_call, "EIP nowhere, and the same word below ESP: a ret");

    BEGIN("\x90");
    range.source = STACK_NOT_FOUND;
    crash.ebp = 0x41414141;
    crash.esp = range.pointer = crash.ebp - 12;
    find();
    ok(clues.esp_from_ebp, "ESP right below an EBP that leads nowhere");
    crash.esp = range.pointer = crash.ebp - 68;
    find();
    ok(!clues.esp_from_ebp, "far below");
    crash.ebp = LIMIT + 0x820;
    crash.esp = range.pointer = crash.ebp - 12;
    find();
    ok(!clues.esp_from_ebp, "an EBP that leads somewhere");
    range.source = STACK_REGISTERED;
    crash.ebp = 0x41414141;
    crash.esp = range.pointer = crash.ebp - 12;
    find();
    ok(!clues.esp_from_ebp, "an ESP on its stack");

    BEGIN("\xcd\x08");
    crash.eip = CODE + 2;
    find();
    ok(clues.after_int_8, "int 8 before EIP");
    crash.eip = CODE + 1;
    find();
    ok(!clues.after_int_8, "and not before it");

    BEGIN("\x90");
    crash.registers_known = false;
    find();
    ok(!clues.push_failed && !clues.no_code && clues.raised.by == RAISED_UNKNOWN, "without registers nothing is known");
}

/* --- text --- */

static bool reads(uint32_t address, const char *expected)
{
    char text[CLUES_TEXT];
    uint32_t length = clues_text(&machine.memory, address, text);

    return length == strlen(expected) && memcmp(text, expected, length) == 0;
}

static void test_text(void)
{
    BEGIN("\x90");
    ok(clues_looks_like_text(0x41424344) && clues_looks_like_text(0x7e202020) && !clues_looks_like_text(0x41424300) &&
           !clues_looks_like_text(0xc0424344) && !clues_looks_like_text(0x4142437f),
       "four printable characters");
    memcpy(stack + 0x80, "\0a file's name.txt", 18);
    ok(reads(LIMIT + 0x88, "a file's name.txt"), "all of the string that reaches across a word");
    ok(reads(LIMIT + 0x80, ""), "none where the word is not all text");
    memset(stack + 0x100, 'A', 0x100);
    ok(reads(LIMIT + 0x180, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "and no more of it than there is room for");
    memcpy(stack, "AAAABBBB", 8);
    ok(reads(LIMIT, "AAAABBBB"), "it may begin where memory does");
    memcpy(stack + (BASE - LIMIT) - 8, "AAAABBBB", 8);
    ok(reads(BASE - 4, "AAAABBBB"), "or end where memory does");
}

static void test_gates(void)
{
    ok(raised_doubles(VECTOR_PF) && raised_doubles(VECTOR_DE) && raised_doubles(VECTOR_TS) &&
           raised_doubles(VECTOR_NP) && raised_doubles(VECTOR_SS) && raised_doubles(VECTOR_GP),
       "SDM vol. 3, table 6-4: the contributory exceptions, and page faults");
    ok(!raised_doubles(VECTOR_DB) && !raised_doubles(VECTOR_UD) && !raised_doubles(VECTOR_NM) &&
           !raised_doubles(VECTOR_MF) && !raised_doubles(VECTOR_AC) && !raised_doubles(VECTOR_NMI) &&
           !raised_doubles(0x40),
       "and the benign ones");
    ok(raised_by_gate(GATE_NOT_PRESENT) == VECTOR_NP && raised_by_gate(GATE_EMPTY) == VECTOR_GP &&
           raised_by_gate(GATE_BEYOND_LIMIT) == VECTOR_GP && raised_by_gate(GATE_WRONG_TYPE) == VECTOR_GP &&
           raised_by_gate(GATE_BAD_SELECTOR) == VECTOR_GP,
       "what a bad gate raises");
}

int main(void)
{
    test_accesses();
    test_fetch();
    test_others();
    test_pushes();
    test_ways();
    test_text();
    test_gates();
    return tap_end();
}
