/* call_before: every encoding, what wins when bytes can be read in more than one way, and memory that is not there. */
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "tap.h"

#define CODE 0xb958ec00u
#define CODE_SIZE 64

/* The code lies in [CODE, CODE + CODE_SIZE); nothing else can be read. Each find shows one piece that ends at edge. */
struct code {
    uint8_t bytes[CODE_SIZE];
    uint32_t edge;
    unsigned finds;
};

static bool find(struct memory *memory, uint32_t address, struct window *window)
{
    struct code *code = memory->context;
    bool above = address >= code->edge;

    code->finds++;
    if (address - CODE >= CODE_SIZE)
        return false;
    window->start = above ? code->edge : CODE;
    window->size = (above ? CODE + CODE_SIZE : code->edge) - window->start;
    window->bytes = code->bytes + (window->start - CODE);
    return true;
}

/* Code of nops in which the bytes, written as text, end at CODE + end. */
static struct memory place(struct code *code, const char *text, unsigned end)
{
    struct memory memory = {.find = find, .context = code};
    unsigned count = 0;
    uint8_t bytes[16];
    char *rest;

    for (;;) {
        unsigned long byte = strtoul(text, &rest, 16);

        if (rest == text)
            break;
        bytes[count++] = (uint8_t)byte;
        text = rest;
    }
    memset(code, 0, sizeof *code);
    memset(code->bytes, 0x90, CODE_SIZE);
    memcpy(code->bytes + end - count, bytes, count);
    code->edge = CODE;
    return memory;
}

static bool is(struct call call, enum call_kind kind, uint32_t site, uint32_t target, uint32_t pointer)
{
    return call.kind == kind &&
           (kind <= CALL_NONE || (call.site == site && call.target == target && call.pointer == pointer));
}

static void test_encodings(void)
{
    static const struct {
        const char *bytes;
        enum call_kind kind;
        unsigned length;
        uint32_t target, pointer;
    } known[] = {
        {"e8 10 00 00 00", CALL_DIRECT, 5, CODE + 0x2f, 0},
        {"e8 00 ff ff ff", CALL_DIRECT, 5, CODE + 0x1f - 0x100, 0},
        {"66 e8 10 00", CALL_DIRECT, 4, (CODE + 0x2f) & 0xffff, 0},
        {"9a 78 56 34 12 08 00", CALL_DIRECT, 7, 0x12345678, 0},
        {"66 9a 78 56 08 00", CALL_DIRECT, 6, 0x5678, 0},
        {"ff 15 90 60 59 b9", CALL_INDIRECT, 6, 0, 0xb9596090}, /* the seed's call dword [b9596090h] */
        {"2e ff 15 90 60 59 b9", CALL_INDIRECT, 6, 0, 0xb9596090},
        {"64 ff 15 90 60 59 b9", CALL_INDIRECT, 7, 0, 0},
        {"65 ff 15 90 60 59 b9", CALL_INDIRECT, 7, 0, 0},
        {"64 ff d0", CALL_INDIRECT, 2, 0, 0}, /* the prefix changes nothing */
        {"ff 1d 90 60 59 b9", CALL_INDIRECT, 6, 0, 0xb9596090},
        {"ff d0", CALL_INDIRECT, 2, 0, 0},
        {"ff 10", CALL_INDIRECT, 2, 0, 0},
        {"ff 14 24", CALL_INDIRECT, 3, 0, 0},
        {"ff 50 08", CALL_INDIRECT, 3, 0, 0},
        {"ff 54 24 08", CALL_INDIRECT, 4, 0, 0},
        {"ff 90 00 01 00 00", CALL_INDIRECT, 6, 0, 0},
        {"ff 94 24 00 01 00 00", CALL_INDIRECT, 7, 0, 0},
        {"ff 14 85 00 00 00 c0", CALL_INDIRECT, 7, 0, 0},
        {"67 ff 16 34 12", CALL_INDIRECT, 5, 0, 0x1234},
        {"ff d8", CALL_NONE, 0, 0, 0},             /* call far eax */
        {"ff 25 90 60 59 b9", CALL_NONE, 0, 0, 0}, /* jmp */
        {"90 90", CALL_NONE, 0, 0, 0},
    };
    struct code code;

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t return_address = CODE + 0x1f;
        struct memory memory = place(&code, known[i].bytes, 0x1f);

        ok(is(call_before(&memory, return_address, 0), known[i].kind, return_address - known[i].length, known[i].target,
              known[i].pointer),
           "%s", known[i].bytes);
        ok(is(call_before(&memory, return_address, 0), known[i].kind, return_address - known[i].length, known[i].target,
              known[i].pointer),
           "%s, with the window there", known[i].bytes);
    }
}

static void test_ambiguity(void)
{
    struct code code;
    struct memory memory = place(&code, "e8 00 00 ff d0", 0x20); /* also call eax */
    uint32_t target = CODE + 0x20 + 0xd0ff0000;

    ok(is(call_before(&memory, CODE + 0x20, 0), CALL_INDIRECT, CODE + 0x1e, 0, 0), "the shortest wins");
    ok(is(call_before(&memory, CODE + 0x20, target), CALL_DIRECT, CODE + 0x1b, target, 0),
       "but for a direct one with the right target");
    memory.code.size = 0;
    ok(is(call_before(&memory, CODE + 0x20, target), CALL_DIRECT, CODE + 0x1b, target, 0), "also at the first look");
    ok(is(call_before(&memory, CODE + 0x20, target + 1), CALL_INDIRECT, CODE + 0x1e, 0, 0), "not with a wrong one");
    ok(call_goes_to(&memory, CODE + 0x20, target), "call_goes_to the target");
    ok(!call_goes_to(&memory, CODE + 0x20, target + 1), "call_goes_to nowhere else");
    ok(!call_goes_to(&memory, CODE + 0x1f, target), "and not from elsewhere");

    memory = place(&code, "9a 78 56 34 12 08 00", 0x20);
    ok(is(call_before(&memory, CODE + 0x20, 0x12345678), CALL_DIRECT, CODE + 0x19, 0x12345678, 0), "far, preferred");

    memory = place(&code, "9a 78 56 34 12 ff d0", 0x20); /* also call eax */
    ok(is(call_before(&memory, CODE + 0x20, 0x12345678), CALL_DIRECT, CODE + 0x19, 0x12345678, 0),
       "far, preferred to a shorter one");
    ok(is(call_before(&memory, CODE + 0x20, 0x12345679), CALL_INDIRECT, CODE + 0x1e, 0, 0), "not with a wrong target");
}

static void test_missing_memory(void)
{
    struct code code;
    struct memory memory;

    for (unsigned edge = 1; edge < 8; edge++) {
        memory = place(&code, "e8 10 00 00 00", 0x20);
        code.edge = CODE + 0x20 - edge;
        ok(is(call_before(&memory, CODE + 0x20, 0), CALL_DIRECT, CODE + 0x1b, CODE + 0x30, 0),
           "a CALL across the edge of what one look shows, %u bytes before its end", edge);
    }
    for (unsigned end = 0; end < 8; end++) {
        memory = place(&code, "", 0);
        ok(call_before(&memory, CODE + end, 0).kind == CALL_UNKNOWN, "%u bytes and no CALL: unknown", end);
    }
    memory = place(&code, "", 0);
    ok(call_before(&memory, CODE + 8, 0).kind == CALL_NONE, "8 bytes and no CALL: none");
    memory = place(&code, "e8 10 00 00 00", 5);
    ok(is(call_before(&memory, CODE + 5, 0), CALL_DIRECT, CODE, CODE + 0x15, 0), "the first bytes that there are");
    memory = place(&code, "ff d0", 2);
    ok(is(call_before(&memory, CODE + 2, 0), CALL_INDIRECT, CODE, 0, 0), "the first two bytes that there are");
    memory = place(&code, "e8 10 00 00 00", CODE_SIZE);
    ok(is(call_before(&memory, CODE + CODE_SIZE, CODE + CODE_SIZE + 0x10), CALL_DIRECT, CODE + CODE_SIZE - 5,
          CODE + CODE_SIZE + 0x10, 0),
       "the last bytes that there are, and none at the return address");
    ok(call_before(&memory, 0, 0).kind == CALL_UNKNOWN, "return address 0");
    ok(call_before(&memory, 3, 0).kind == CALL_UNKNOWN, "return address 3");
    ok(call_before(&memory, 0xffffffff, 0).kind == CALL_UNKNOWN, "return address ffffffff");
}

/* Random bytes at random edges: always the same answer, and nothing read that is not there. */
static void test_random(void)
{
    unsigned calls = 0;
    bool sane = true;

    srand(2);
    for (unsigned i = 0; i < 100000; i++) {
        struct code code;
        struct memory memory = place(&code, "", 0);
        uint32_t return_address = CODE + (uint32_t)rand() % (CODE_SIZE + 8);
        uint32_t prefer = rand() % 2 ? 0 : return_address + (uint32_t)(rand() % 256);
        struct call one, other;

        for (unsigned j = 0; j < CODE_SIZE; j++)
            code.bytes[j] = rand() % 3 ? (uint8_t)(rand() >> 7) : (uint8_t) "\xff\xe8\x9a\x66\x67\x15\xd0"[rand() % 7];
        one = call_before(&memory, return_address, prefer);
        code.edge = CODE + 1 + (uint32_t)rand() % (CODE_SIZE - 1);
        memory.code.size = 0;
        other = call_before(&memory, return_address, prefer);
        sane &= is(other, one.kind, one.site, one.target, one.pointer);
        calls += one.kind > CALL_NONE;
        sane &= one.kind <= CALL_NONE || (return_address - one.site >= 2 && return_address - one.site <= 8);
    }
    ok(sane && calls > 0, "100000 times random bytes, read in one piece and in two");
}

int main(void)
{
    test_encodings();
    test_ambiguity();
    test_missing_memory();
    test_random();
    return tap_end();
}
