/* How an instruction comes to CR2: by the stack, or not. */
#include "access.h"

#include <string.h>

#include "../pieces.h"
#include "tap.h"

#define CODE 0xc0100000u
#define ESP 0xc0200800u
#define BELOW (ESP - 0x1000)

static struct pieces pieces;
static struct memory memory;
static struct crash crash;

/* EIP is at the last instruction of the function, which is so many bytes long. */
static void begin(const char *bytes, size_t count, uint32_t last)
{
    pieces_free(&pieces);
    memset(&memory, 0, sizeof memory);
    memset(&crash, 0, sizeof crash);
    memory.find = pieces_find;
    memory.context = &pieces;
    memcpy(pieces_add(&pieces, CODE, 0x1000), bytes, count);
    crash.eip = CODE + (uint32_t)count - last;
    crash.esp = ESP;
    crash.cr2 = BELOW;
}

#define FUNCTION(bytes, last) begin(bytes, sizeof bytes - 1, last)

static void expect(const char *name, enum access access)
{
    struct instruction instruction;

    ok(instruction_read(&memory, crash.eip, &instruction) && access_find(&crash, &instruction) == access, "%s", name);
}

static void expect_copy(const char *name, enum register_number base, bool copy)
{
    ok(access_by_copy(&memory, &crash, CODE, base) == copy, "%s", name);
}

static void test_ways(void)
{
    FUNCTION("\x83\x8c\x24\x00\xf0\xff\xff\x00", 8);
    expect("or dword [esp - 1000h], 0", ACCESS_BY_ESP);
    FUNCTION("\x60", 1);
    crash.cr2 = ESP - 0x20;
    expect("pushad", ACCESS_BY_ESP);
    crash.cr2 = ESP;
    expect("but not above", ACCESS_NONE);
    FUNCTION("\xc3", 1);
    crash.cr2 = ESP;
    expect("ret", ACCESS_BY_ESP);
    FUNCTION("\x8b\x01", 2);
    crash.ecx = BELOW;
    expect("mov eax, [ecx]", ACCESS_BY_BASE);
    FUNCTION("\x8b\x45\xfc", 3);
    crash.ebp = BELOW + 4;
    expect("mov eax, [ebp - 4]", ACCESS_BY_BASE);
    FUNCTION("\xa1\x00\xf8\x1f\xc0", 5);
    expect("mov eax, [c01ff800]", ACCESS_ELSEWHERE);
    FUNCTION("\xa4", 1);
    crash.esi = BELOW;
    expect("movsb", ACCESS_ELSEWHERE);
    FUNCTION("\xc9", 1);
    crash.ebp = BELOW;
    expect("leave", ACCESS_ELSEWHERE);
}

static void test_copies(void)
{
    FUNCTION("\x8d\x4c\x24\x04\x81\xe9\x00\x10\x00\x00\x85\x01", 2);
    expect_copy("lea ecx, [esp + 4]; sub ecx, 1000h; test [ecx], eax", REGISTER_ECX, true);
    expect_copy("another register", REGISTER_EDX, false);
    FUNCTION("\x55\x89\xe5\x89\x85\x00\xf0\xff\xff", 6);
    crash.ebp = ESP;
    expect_copy("push ebp; mov ebp, esp; mov [ebp - 1000h], eax", REGISTER_EBP, true);
    crash.ebp = ESP - 4;
    expect_copy("but ebp is no frame's now", REGISTER_EBP, false);
    FUNCTION("\x8b\x4d\x08\x8b\x01", 2);
    expect_copy("mov ecx, [ebp + 8]; mov eax, [ecx]", REGISTER_ECX, false);
}

int main(void)
{
    test_ways();
    test_copies();
    pieces_free(&pieces);
    return tap_end();
}
