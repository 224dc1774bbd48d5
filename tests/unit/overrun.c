/* Whether a function's code loads another ESP, or only lowers the one it has. */
#include "overrun.h"

#include <string.h>

#include "tap.h"

#define CODE 0xc0100000u

static uint8_t bytes[64];

static bool find_code(struct memory *memory, uint32_t address, struct window *window)
{
    (void)memory;
    *window = (struct window){.start = CODE, .bytes = bytes, .size = sizeof bytes};
    return address - CODE < sizeof bytes;
}

int main(void)
{
    static const struct {
        const char *what, *code;
        uint32_t length;
        bool loads;
    } functions[] = {
        {"sub esp, eax", "\x29\xc4", 2, false},
        {"mov edi, esp; mov eax, edi; sub eax, esi; mov esp, eax", "\x89\xe7\x89\xf8\x29\xf0\x89\xc4", 8, false},
        {"mov edi, esp in the other encoding; mov esp, edi", "\x8b\xfc\x8b\xe7", 4, false},
        {"lea eax, [esp - 16]; mov esp, eax", "\x8d\x44\x24\xf0\x89\xc4", 6, false},
        {"mov ebx, esp; push eax; mov esp, ebx", "\x89\xe3\x50\x89\xdc", 5, false},
        {"mov esp, eax", "\x89\xc4", 2, true},
        {"mov ebx, esp; mov esp, [ebx]", "\x89\xe3\x8b\x23", 4, true},
        {"mov ebx, esp; mov eax, [ebx]; mov esp, eax", "\x89\xe3\x8b\x03\x89\xc4", 6, true},
        {"mov eax, esp; mov eax, ecx; mov esp, eax", "\x89\xe0\x89\xc8\x89\xc4", 6, true},
        {"mov eax, esp; call; mov esp, eax", "\x89\xe0\xe8\x00\x00\x00\x00\x89\xc4", 9, true},
        {"mov ebx, esp; call; mov esp, ebx", "\x89\xe3\xe8\x00\x00\x00\x00\x89\xdc", 9, false},
        {"mov eax, esp; mov eax, 1; mov esp, eax", "\x89\xe0\xb8\x01\x00\x00\x00\x89\xc4", 9, true},
        {"mov eax, esp; pop eax; mov esp, eax", "\x89\xe0\x58\x89\xc4", 5, true},
        {"lea eax, [ecx]; mov esp, eax", "\x8d\x01\x89\xc4", 4, true},
        {"mov ebx, esp; xchg esp, eax", "\x89\xe3\x94", 3, true},
    };
    struct memory memory = {.find = find_code};

    for (unsigned i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        struct function function = {.start = CODE, .end = CODE + sizeof bytes, .named = true, .function = CODE};
        struct row row = {.kind = ROW_FRAME, .pc = CODE + functions[i].length, .function = &function};

        memset(bytes, 0x90, sizeof bytes);
        memcpy(bytes, functions[i].code, functions[i].length);
        memory.code.size = 0;
        ok(overrun_loads_esp(&memory, &row) == functions[i].loads, "%s", functions[i].what);
    }
    return tap_end();
}
