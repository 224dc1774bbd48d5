/* prologue_state, prologue_has_frame and prologue_read on code written out by hand; tests/decoder.sh compares the first
   with unwind information on much more. */
#include <stdlib.h>
#include <string.h>

#include "prologue.h"
#include "tap.h"

#define BASE 0x8082e800u
#define CODE_LARGEST 256

/* The code lies at BASE, and nothing else can be read. */
struct code {
    uint8_t bytes[CODE_LARGEST];
    unsigned size;
    unsigned step; /* a look shows so many bytes at a time; 0: all */
};

static bool find(struct memory *memory, uint32_t address, struct window *window)
{
    const struct code *code = memory->context;
    uint32_t offset = address - BASE;

    if (offset >= code->size)
        return false;
    if (code->step)
        offset -= offset % code->step;
    else
        offset = 0;
    window->start = BASE + offset;
    window->bytes = code->bytes + offset;
    window->size = code->step && code->step < code->size - offset ? code->step : code->size - offset;
    return true;
}

/* The bytes of a text like "55 8bec"; what stands in it as names is skipped. */
static struct memory place(struct code *code, const char *text)
{
    struct memory memory = {.find = find, .context = code};

    memset(code, 0, sizeof *code);
    for (; *text; text++) {
        char digits[3] = {text[0], text[1], 0};

        if (*text == ' ')
            continue;
        code->bytes[code->size++] = (uint8_t)strtoul(digits, 0, 16);
        text++;
    }
    return memory;
}

/* What is expected at one place: nothing follows the comma that has no meaning. */
enum when { NOW, IN_CALL };

struct place {
    unsigned at;
    enum when when;
    enum frame_base base;
    uint32_t return_offset;
    int ebp_offset; /* IN_REGISTER, or where it was saved */
    bool exact;
    bool exact_without_start; /* and known as well when the function's start is not */
};

#define IN_REGISTER (-1)
#define BLIND false /* without the start, this cannot be known */
#define SEES true

static bool matches(const struct frame_state *state, const struct place *place)
{
    if (state->base != place->base)
        return false;
    if (place->base == FRAME_BASE_EBP)
        return state->return_offset == place->return_offset && (int)state->ebp_offset == place->ebp_offset;
    if (place->base != FRAME_BASE_ESP)
        return true;
    return state->return_offset == place->return_offset && state->ebp_saved == (place->ebp_offset != IN_REGISTER) &&
           (!state->ebp_saved || (int)state->ebp_offset == place->ebp_offset);
}

static void explain(const struct frame_state *state)
{
    printf("# base %d return_offset %x ebp %s %x %s\n", state->base, state->return_offset,
           state->ebp_saved ? "saved" : "in register", state->ebp_offset, state->exact ? "exact" : "guess");
}

static void check(const char *name, const char *text, const struct place *places, unsigned count)
{
    struct code code;
    struct memory memory = place(&code, text);

    for (unsigned i = 0; i < count; i++) {
        const struct place *at = &places[i];
        struct frame_state state = prologue_state(&memory, BASE, UINT32_MAX, BASE + at->at, at->when == IN_CALL);

        if (!ok(matches(&state, at) && state.exact == at->exact, "%s, at %x", name, at->at))
            explain(&state);
        if (!at->exact_without_start)
            continue;
        state = prologue_state(&memory, 0, UINT32_MAX, BASE + at->at, at->when == IN_CALL);
        if (!ok(state.exact && state.base != FRAME_BASE_UNKNOWN && (state.base != at->base || matches(&state, at)),
                "%s, at %x, its start not known", name, at->at))
            explain(&state);
    }
}

#define CHECK(name, text, ...)                                                                                         \
    do {                                                                                                               \
        static const struct place places[] = {__VA_ARGS__};                                                            \
        check(name, text, places, sizeof places / sizeof places[0]);                                                   \
    } while (0)

#define EBP_FRAME FRAME_BASE_EBP, 4, 0

/* clang-format off */
static void test_framed(void)
{
    /* push ebp; mov ebp, esp; sub esp, 18h; call; leave; ret */
    CHECK("a frame with leave", "55 89e5 83ec18 e800100000 c9 c3",
          {0, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND}, /* before the call the way to the return is not sure */
          {1, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {3, NOW, EBP_FRAME, true, BLIND},
          {6, NOW, EBP_FRAME, true, BLIND},
          {11, IN_CALL, EBP_FRAME, true, BLIND},
          {11, NOW, EBP_FRAME, true, SEES},
          {12, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* push ebp; mov ebp, esp; push ebx; sub esp, 14h; add esp, 14h; pop ebx; pop ebp; ret 8 */
    CHECK("a frame with pops", "55 8bec 53 83ec14 83c414 5b 5d c20800",
          {0, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES},
          {1, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {3, NOW, EBP_FRAME, true, SEES},
          {7, NOW, EBP_FRAME, true, SEES},
          {11, NOW, EBP_FRAME, true, SEES},
          {12, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* mov edi, edi or endbr32 before it */
    CHECK("hot-patched", "8bff 55 8bec 5d c3",
          {0, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES},
          {2, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES},
          {5, NOW, EBP_FRAME, true, SEES});
    CHECK("endbr32", "f30f1efb 55 89e5 5d c3",
          {4, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES},
          {7, NOW, EBP_FRAME, true, SEES});
    /* endbr32; call; push ebp; mov ebp, esp; sub esp, 8; call; call; leave; ret */
    CHECK("traced", "f30f1efb e800100000 55 89e5 83ec08 ffd0 ffd0 c9 c3",
          {4, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {9, IN_CALL, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {9, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {10, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {12, NOW, EBP_FRAME, true, BLIND},
          {17, IN_CALL, EBP_FRAME, true, BLIND});
    /* push ebp; mov eax, 1; mov ebp, esp; call eax; leave; ret */
    CHECK("a scheduled prologue", "55 b801000000 89e5 ffd0 c9 c3",
          {1, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {6, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {8, NOW, EBP_FRAME, true, BLIND},
          {10, IN_CALL, EBP_FRAME, true, BLIND});
    /* push edi; push esi; push ebp; mov ebp, esp; pop ebp; pop esi; pop edi; ret */
    CHECK("registers saved before EBP", "57 56 55 89e5 5d 5e 5f c3",
          {2, NOW, FRAME_BASE_ESP, 8, IN_REGISTER, true, SEES},
          {5, NOW, FRAME_BASE_EBP, 12, 0, true, SEES},
          {6, NOW, FRAME_BASE_ESP, 8, IN_REGISTER, true, SEES});
    /* enter 20h, 0; leave; ret */
    CHECK("enter", "c8200000 c9 c3",
          {0, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES},
          {4, NOW, EBP_FRAME, true, SEES});
    /* push ebp; mov ebp, esp; sub esp, eax; call; lea esp, [ebp - 4]; pop ebx; pop ebp; ret */
    CHECK("alloca", "55 89e5 53 29c4 e800100000 8d65fc 5b 5d c3",
          {6, NOW, EBP_FRAME, true, BLIND},
          {11, IN_CALL, EBP_FRAME, true, BLIND},
          {14, NOW, EBP_FRAME, true, SEES});
    /* a branch over an epilogue to a second one: jne; leave; ret; call; leave; ret */
    CHECK("two epilogues", "55 89e5 7502 c9 c3 e800100000 c9 c3",
          {5, NOW, EBP_FRAME, true, SEES},
          {6, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES},
          {7, NOW, EBP_FRAME, true, BLIND},
          {13, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* test eax, eax; je out; push ebp; mov ebp, esp; call; pop ebp; out: ret */
    CHECK("shrink-wrapped", "85c0 7409 55 89e5 e800100000 5d c3",
          {4, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {7, NOW, EBP_FRAME, true, BLIND},
          {12, IN_CALL, EBP_FRAME, true, BLIND},
          {13, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* push ebp; mov ebp, esp; body: leave; ret; jmp over; 3-byte nops; over: je body; call: gas fills a gap so */
    CHECK("padding with a jump over it", "55 89e5 c9 c3 eb06 8d7600 8d7600 74f4 e800100000",
          {5, NOW, EBP_FRAME, true, SEES},
          {13, NOW, EBP_FRAME, true, SEES});
    /* push ebp; mov ebp, esp; call, which does not return */
    CHECK("a last call", "55 89e5 e800100000",
          {8, IN_CALL, EBP_FRAME, true, BLIND});
}

static void test_realigned(void)
{
    struct code code;
    struct memory memory;
    struct frame_state state;
    /* lea ecx, [esp + 4]; and esp, -16; push dword [ecx - 4]; push ebp; mov ebp, esp; push ecx; call;
       mov ecx, [ebp - 4]; leave; lea esp, [ecx - 4]; ret */
    static const char text[] = "8d4c2404 83e4f0 ff71fc 55 89e5 51 e800100000 8b4dfc c9 8d61fc c3";

    CHECK("realigned", text,
          {4, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {7, NOW, FRAME_BASE_LOST, 0, 0, false, BLIND},
          {10, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {13, NOW, EBP_FRAME, true, BLIND},
          {19, IN_CALL, EBP_FRAME, true, BLIND},
          {23, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {26, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    memory = place(&code, text);
    state = prologue_state(&memory, BASE, UINT32_MAX, BASE + 19, true);
    ok(state.realigned, "realigned: it says that the return address is a copy");
    state = prologue_state(&memory, BASE, UINT32_MAX, BASE + 4, false);
    ok(!state.realigned, "not before the alignment");
}

static void test_frameless(void)
{
    /* push ebx; sub esp, 8; push eax; push 5; call eax; add esp, 10h; pop ebx; ret */
    CHECK("no frame", "53 83ec08 50 6a05 ffd0 83c410 83c400 5b c3",
          {0, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {1, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {4, NOW, FRAME_BASE_ESP, 12, IN_REGISTER, true, BLIND},
          {7, NOW, FRAME_BASE_ESP, 20, IN_REGISTER, true, BLIND},
          {9, IN_CALL, FRAME_BASE_ESP, 20, IN_REGISTER, true, BLIND},
          {9, NOW, FRAME_BASE_ESP, 20, IN_REGISTER, true, SEES},
          {15, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, SEES},
          {16, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* push ebp; xor ebp, ebp; call eax; pop ebp; ret */
    CHECK("EBP is a register", "55 31ed ffd0 5d c3",
          {1, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {3, NOW, FRAME_BASE_ESP, 4, 0, true, BLIND},
          {5, IN_CALL, FRAME_BASE_ESP, 4, 0, true, BLIND},
          {5, NOW, FRAME_BASE_ESP, 4, 0, true, SEES},
          {6, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* sub esp, 1ch; mov [esp + 18h], ebp; xor ebp, ebp; mov ebp, [esp + 18h]; add esp, 1ch; ret */
    CHECK("EBP is saved by mov", "83ec1c 896c2418 31ed 8b6c2418 83c41c c3",
          {3, NOW, FRAME_BASE_ESP, 0x1c, IN_REGISTER, true, BLIND},
          {9, NOW, FRAME_BASE_ESP, 0x1c, 0x18, true, SEES},
          {13, NOW, FRAME_BASE_ESP, 0x1c, IN_REGISTER, true, SEES});
    /* the same with a call instead of the end */
    CHECK("EBP is saved by mov, in a call", "83ec1c 896c2418 31ed ffd0",
          {11, IN_CALL, FRAME_BASE_ESP, 0x1c, 0x18, true, BLIND});
    /* push ebp; push ebp; push eax; call eax; pop eax; pop eax; xor ebp, ebp; call eax; pop ebp; ret */
    CHECK("EBP fills space", "55 55 50 ffd0 58 58 31ed ffd0 5d c3",
          {5, IN_CALL, FRAME_BASE_ESP, 12, IN_REGISTER, true, BLIND},
          {11, IN_CALL, FRAME_BASE_ESP, 4, 0, true, BLIND});
    /* push ebp; pop eax; push ebx; push ebp; xor ebp, ebp; call eax */
    CHECK("EBP is an argument before it is saved", "55 58 53 55 31ed ffd0",
          {8, IN_CALL, FRAME_BASE_ESP, 8, 0, true, BLIND});
    /* push ebx; je over; call eax; over: call eax */
    CHECK("where ways meet, the one without a call counts", "53 7402 ffd0 ffd0",
          {5, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {7, IN_CALL, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND});
    /* endbr32; nops; call; push ebx; sub esp, 8; call eax, and no more: nothing was there that the first could pop */
    CHECK("traced, no frame", "f30f1efb 9090 e800100000 9090 53 83ec08 ffd0",
          {11, IN_CALL, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {13, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {14, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {19, IN_CALL, FRAME_BASE_ESP, 12, IN_REGISTER, true, BLIND});
    /* push ebx; jmp [eax * 4 + n]; nop; pop ebx; ret */
    CHECK("a case of a switch", "53 ff248500000000 90 5b c3",
          {8, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, SEES});
    /* push ebx; jne +0; pop ebx; jmp elsewhere; call eax, which does not return, and to which nothing leads */
    CHECK("behind a tail call", "53 7500 5b eb40 ffd0",
          {8, IN_CALL, FRAME_BASE_ESP, 4, IN_REGISTER, false, BLIND});
    /* push eax; call eax; call eax; pop ecx; ret: two calls, and both ways agree */
    CHECK("between calls", "50 ffd0 ffd0 59 c3",
          {3, IN_CALL, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {3, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {5, IN_CALL, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND});
    /* push eax; push eax; call eax, which pops 4; push eax; call eax, which pops 4; pop ecx; ret */
    CHECK("callees that pop, and nobody knows", "50 50 ffd0 50 ffd0 59 c3",
          {4, IN_CALL, FRAME_BASE_ESP, 8, IN_REGISTER, true, BLIND},
          {5, NOW, FRAME_BASE_ESP, 12, IN_REGISTER, false, BLIND},
          {7, IN_CALL, FRAME_BASE_ESP, 12, IN_REGISTER, false, BLIND}, /* 8, in truth */
          {7, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, SEES});
    /* the same, but direct: push eax; push eax; call f; push eax; call f; pop ecx; ret; f: ret 4 */
    CHECK("callees that pop, seen", "50 50 e808000000 50 e802000000 59 c3 c20400",
          {7, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {13, IN_CALL, FRAME_BASE_ESP, 8, IN_REGISTER, true, BLIND},
          {13, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, SEES});
    /* call $ + 5; pop ebx; ret */
    CHECK("call of the next instruction", "e800000000 5b c3",
          {5, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, SEES},
          {6, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* push ebx; call $ + 5; pop ebx; call eax; call eax */
    CHECK("and calls behind it", "53 e800000000 5b ffd0 ffd0",
          {9, IN_CALL, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {11, IN_CALL, FRAME_BASE_ESP, 4, IN_REGISTER, false, BLIND}); /* the first may have popped */
    /* push ebx; pop ebx; jmp elsewhere; elsewhere: push ecx; pop ecx; ret */
    CHECK("a tail call", "53 5b eb02 9090 51 59 c3",
          {1, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, SEES},
          {2, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* sub esp, eax; call eax */
    CHECK("ESP is lost", "29c4 ffd0",
          {2, NOW, FRAME_BASE_LOST, 0, 0, false, BLIND},
          {4, IN_CALL, FRAME_BASE_LOST, 0, 0, false, BLIND});
    /* push ebp; push ebx; mov [eax], esp; mov esp, [edx]; pop ebx; pop ebp; ret */
    CHECK("a switch of stacks", "55 53 8920 8b22 5b 5d c3",
          {4, NOW, FRAME_BASE_ESP, 8, IN_REGISTER, true, BLIND},
          {6, NOW, FRAME_BASE_ESP, 8, 4, true, SEES},
          {7, NOW, FRAME_BASE_ESP, 4, 0, true, SEES});
    /* sub esp, 0ch; call, which does not return; the next function follows: push ebx; pop ebx; ret */
    CHECK("a last call, no frame", "83ec0c ffd0 53 5b c3",
          {5, IN_CALL, FRAME_BASE_ESP, 12, IN_REGISTER, true, BLIND});
    /* push ebx; jmp condition; body: call eax; condition: jne body; pop ebx; ret: body is only jumped back to */
    CHECK("a loop whose test is at its end", "53 eb02 ffd0 75fc 5b c3",
          {3, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {5, IN_CALL, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND});
}

static void test_probing(void)
{
    /* lea eax, [esp - 3000h]; sub esp, 1000h; or dword [esp], 0; cmp esp, eax; jne back; sub esp, 10h; ret */
    CHECK("a probing loop of gcc", "8d842400d0ffff 81ec00100000 830c2400 39c4 75f2 83ec10 c3",
          {0, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {7, NOW, FRAME_BASE_LOST, 0, 0, true, BLIND},
          {13, NOW, FRAME_BASE_LOST, 0, 0, true, BLIND},
          {19, NOW, FRAME_BASE_LOST, 0, 0, true, BLIND},
          {21, NOW, FRAME_BASE_ESP, 0x3000, IN_REGISTER, true, BLIND},
          {24, NOW, FRAME_BASE_ESP, 0x3010, IN_REGISTER, true, BLIND});
    /* push esi; mov eax, esp; sub eax, 3000h; sub esp, 1000h; mov dword [esp], 0; cmp esp, eax; jne back; pop esi */
    CHECK("a probing loop of clang", "56 89e0 2d00300000 81ec00100000 c7042400000000 39c4 75ef 5e",
          {8, NOW, FRAME_BASE_LOST, 0, 0, true, BLIND},
          {14, NOW, FRAME_BASE_LOST, 0, 0, true, BLIND},
          {25, NOW, FRAME_BASE_ESP, 0x3004, IN_REGISTER, true, BLIND});
    /* the same as gcc's, but: sub ecx, 1000h; cmp esp, ecx; jb; mov eax, ecx before the loop */
    CHECK("another register is subtracted from", "8d842400d0ffff 81e900100000 81ec00100000 830c2400 39c4 75f2 90",
          {27, NOW, FRAME_BASE_LOST, 0, 0, false, BLIND});
    CHECK("ESP is compared with another register", "8d842400d0ffff 81ec00100000 830c2400 39cc 75f2 90",
          {7, NOW, FRAME_BASE_LOST, 0, 0, true, BLIND},
          {21, NOW, FRAME_BASE_LOST, 0, 0, false, BLIND});
    CHECK("the loop ends otherwise", "8d842400d0ffff 81ec00100000 830c2400 39c4 72f2 90",
          {21, NOW, FRAME_BASE_LOST, 0, 0, false, BLIND});
    CHECK("the register gets a new value", "8d842400d0ffff 89c8 81ec00100000 830c2400 39c4 75f2 90",
          {23, NOW, FRAME_BASE_LOST, 0, 0, false, BLIND});
    /* lea ebx, [esp - 3000h]; sub esp, 1000h; test [esp], eax; cmp ebx, esp; jne back, far */
    CHECK("in other forms", "8d9c2400d0ffff 81ec00100000 850424 3be3 0f85efffffff 90",
          {24, NOW, FRAME_BASE_ESP, 0x3000, IN_REGISTER, true, BLIND});
    /* push eax; dec ecx; jne back: as many as ECX says */
    CHECK("a loop that pushes", "53 50 49 75fc 90",
          {1, NOW, FRAME_BASE_ESP, 4, IN_REGISTER, true, BLIND},
          {5, NOW, FRAME_BASE_LOST, 0, 0, false, BLIND});
}

/* clang-format on */
/* The function's cold part lies below it: test eax, eax; je cold; ...; cold: push 5; call; (does not return) */
static void test_piece(void)
{
    struct code code;
    struct memory memory = place(&code, "6a05 ffd0 9090 9090 53 83ec08 85c0 74f0 83c408 5b c3");
    struct frame_state state = prologue_state(&memory, BASE + 8, UINT32_MAX, BASE + 4, true);

    ok(state.exact && state.base == FRAME_BASE_ESP && state.return_offset == 16, "a piece below its function");
    state = prologue_state(&memory, BASE + 8, UINT32_MAX, BASE, false);
    ok(state.exact && state.base == FRAME_BASE_ESP && state.return_offset == 12, "its first instruction");
}

/* A call that never returns is the last instruction of a function whose jump table cannot be read; the next one begins behind
   it: push ebx; sub esp, 8; jmp [eax*4 + 1000h]; push 5; call; lea esi, [esi]. sub esp, 1ch; add esp, 1ch; ret */
static void test_last_call(void)
{
    struct code code;
    struct memory memory = place(&code, "53 83ec08 ff248500100000 6a05 e800010000 8d7600 83ec1c 83c41c c3");
    struct frame_state state = prologue_state(&memory, BASE, BASE + 18, BASE + 18, true);

    ok(state.base == FRAME_BASE_ESP && state.return_offset == 16, "a call at a function's end");
    state = prologue_state(&memory, BASE, BASE + 21, BASE + 18, true);
    ok(state.base == FRAME_BASE_ESP && state.return_offset == 16, "and with what fills the room behind it");
    state = prologue_state(&memory, BASE, UINT32_MAX, BASE + 18, true);
    ok(!state.exact, "where it ends is not known: not sure");
}

/* The stub of the seed, whose trap frame iret has taken off the stack when pc is at ret. */
static void test_stub(void)
{
    /* clang-format off */
    /* mov eax, 19h; lea edx, [esp + 4]; pushfd; push 8; call; ret 4 */
    CHECK("a stub that enters the kernel", "b819000000 8d542404 9c 6a08 e87fae0500 c20400",
          {0, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, BLIND},
          {12, NOW, FRAME_BASE_ESP, 8, IN_REGISTER, true, BLIND},
          {17, NOW, FRAME_BASE_ESP, 0, IN_REGISTER, true, SEES});
    /* clang-format on */
}

static void test_missing(void)
{
    struct code code;
    struct memory memory = place(&code, "");
    struct frame_state state = prologue_state(&memory, BASE, UINT32_MAX, BASE + 8, false);

    ok(state.base == FRAME_BASE_EBP && !state.exact && state.return_offset == 4, "no code: a frame, perhaps");
    state = prologue_state(&memory, 0, UINT32_MAX, BASE + 8, false);
    ok(state.base == FRAME_BASE_UNKNOWN && !state.exact, "no code and no start: nothing");
    state = prologue_state(&memory, BASE, UINT32_MAX, BASE, false);
    ok(state.base == FRAME_BASE_ESP && state.exact && state.return_offset == 0, "no code, but pc is the start");

    memory = place(&code, "55 8bec");
    state = prologue_state(&memory, 0, UINT32_MAX, BASE, false);
    ok(state.base == FRAME_BASE_ESP && !state.exact && state.return_offset == 0, "push ebp; mov ebp, esp, and no more");
    state = prologue_state(&memory, 0, UINT32_MAX, BASE + 1, false);
    ok(state.base == FRAME_BASE_ESP && !state.exact && state.return_offset == 4 && state.ebp_saved &&
           state.ebp_offset == 0,
       "between the two");
    memory = place(&code, "ffd0 c9 c3"); /* call eax; leave; ret */
    state = prologue_state(&memory, 0, UINT32_MAX, BASE, false);
    ok(state.base == FRAME_BASE_EBP && !state.exact, "a call before leave may never return");
    memory = place(&code, "55 8bec");
    state = prologue_state(&memory, BASE, UINT32_MAX, BASE + 0x100, false);
    ok(state.base == FRAME_BASE_EBP && !state.exact, "behind what can be read");
}

static void test_has_frame(void)
{
    static const struct {
        const char *bytes;
        bool has;
    } known[] = {
        {"55 89e5 c9 c3", true},
        {"55 8bec 6aff 6840e2d9b8", true},
        {"8bff 55 8bec 5d c3", true},
        {"f30f1efb 55 89e5 5d c3", true},
        {"55 b801000000 89e5 c9 c3", true},
        {"57 56 53 55 89e5", true},
        {"85c0 7405 55 89e5 c9 c3", true},
        {"8d4c2404 83e4f0 ff71fc 55 89e5", true},
        {"c8000000 c9 c3", true},
        {"e800100000 55 89e5", true}, /* call __fentry__ */
        {"f30f1efb e800100000 55 89e5", true},
        {"f30f1efb 9090909090 55 89e5", true}, /* room for it */
        {"8bff e800100000 6690 55 89e5", true},
        {"e800000000 5b 55 89e5", false}, /* call $ + 5; pop ebx: no tracer */
        {"e800100000 e800100000 55 89e5", false},
        {"", true},                   /* cannot be read */
        {"53 83ec08", true},          /* nor can the rest */
        {"53 83ec08 ffd0 83c408 5b c3", false},
        {"55 31ed 5d c3", false},
        {"55 8d6c24c0 c3", false}, /* lea ebp, [esp - 40h] */
        {"89e5 c3", false},        /* EBP is not saved */
        {"b819000000 8d542404 9c 6a08 e87fae0500 c20400", false},
        {"c3 55 89e5", false},
    };

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct code code;
        struct memory memory = place(&code, known[i].bytes);

        ok(prologue_has_frame(&memory, BASE) == known[i].has, "%s: %s", known[i].bytes,
           known[i].has ? "a frame" : "none");
    }
}

static void test_read(void)
{
    static const struct {
        const char *bytes, *name;
        struct prologue expected;
    } known[] = {
        /* MamaHog's, of which the article tells: 10h pushed, 290h of locals */
        {"55 8bec 6aff 6840e2d9b8 6808b2d9b8 64a100000000 50 64892500000000 81c470fdffff",
         "the seed's",
         {true, true, 0x10, 0x290, false, 0, false}},
        {"55 89e5 57 56 53 83ec1c e800100000", "gcc's", {true, true, 12, 0x1c, false, 0, false}},
        {"55 8bec 83ec1c 53 56 57 ff7508 e800100000", "Microsoft's", {true, true, 12, 0x1c, false, 0, false}},
        {"55 89e5 ff7508 e800100000", "an argument is no part of it", {true, true, 0, 0, false, 0, false}},
        {"55 89e5 57 56 53 83ec4c 57 53 ff7508 e800100000",
         "a register that is pushed again is an argument",
         {true, true, 12, 0x4c, false, 0, false}},
        {"55 89e5 53 83ec14 83ec0c 6a05 e800100000",
         "nor is what is below one",
         {true, true, 4, 0x14, false, 0, false}},
        {"55 57 56 53 81ec9c000000 c3", "without a frame", {true, false, 16, 0x9c, false, 0, false}},
        {"c8200100 53 c9 c3", "enter", {true, true, 4, 0x120, false, 0, false}},
        {"55 89e5 56 83e4c0 81ecc0000000", "clang's aligned", {true, true, 4, 0xc0, true, 0x40, false}},
        {"8d4c2404 83e4c0 ff71fc 55 89e5 53 51 83ec7c", "gcc's aligned", {true, true, 12, 0x7c, true, 0x40, false}},
        {"8d842400d0ffff 81ec00100000 830c2400 39c4 75f2 83ec10 c3",
         "probed in a loop",
         {true, false, 0, 0x3010, false, 0, false}},
        {"81ec00100000 830c2400 81ec00100000 830c2400 81ec48030000 50 ffd0",
         "probed page by page",
         {true, false, 0, 0x2348, false, 0, false}},
        {"55 53 e804000000 83ec14 c3 8b1c24 c3", "position-independent", {true, false, 8, 0x14, false, 0, false}},
        {"55 89e5 83ec10 29c4 c9 c3", "alloca", {true, true, 0, 0x10, false, 0, true}},
        {"f30f1efb e800100000 55 89e5 53 81ec10270000 50 ffd0",
         "behind a tracer",
         {true, true, 4, 0x2710, false, 0, false}},
        {"e800100000 53 83ec18 6a05 ffd0", "without a frame, behind one", {true, false, 4, 0x18, false, 0, false}},
        {"c3", "nothing", {true, false, 0, 0, false, 0, false}},
        {"", "no code", {false, false, 0, 0, false, 0, false}},
    };

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct prologue *expected = &known[i].expected;
        struct code code;
        struct memory memory = place(&code, known[i].bytes);
        struct prologue got = prologue_read(&memory, BASE, BASE + code.size);

        ok(got.readable == expected->readable && got.framed == expected->framed && got.pushes == expected->pushes &&
               got.locals == expected->locals && got.aligned == expected->aligned &&
               got.alignment == expected->alignment && got.dynamic == expected->dynamic,
           "what it takes: %s", known[i].name);
    }
}

/* Random code, more of it from what prologues and epilogues are made of than chance would have it. */
static void fill(struct code *code)
{
    static const char *const pieces[] = {"55",   "89e5",   "8bec",   "5d",   "c9",     "c3",      "53",
                                         "5b",   "83ec10", "83c410", "eb04", "75f4",   "74e0",    "ffd0",
                                         "6a01", "58",     "8d65fc", "31ed", "83e4f0", "ff71fc",  "29c4",
                                         "ebf0", "c20800", "9c",     "94",   "8bff",   "c8000100"};

    code->size = 1 + (unsigned)rand() % CODE_LARGEST;
    for (unsigned i = 0; i < code->size; i++)
        code->bytes[i] = (uint8_t)(rand() >> 7);
    for (unsigned i = 0; i + 4 < code->size; i++) {
        struct code piece;

        if (rand() % 8 == 0)
            continue;
        place(&piece, pieces[(unsigned)rand() % (sizeof pieces / sizeof pieces[0])]);
        memcpy(code->bytes + i, piece.bytes, piece.size);
        i += piece.size - 1;
    }
}

static bool same(const struct frame_state *one, const struct frame_state *other)
{
    return one->base == other->base && one->exact == other->exact && one->return_offset == other->return_offset &&
           one->ebp_saved == other->ebp_saved && one->ebp_offset == other->ebp_offset &&
           one->realigned == other->realigned;
}

static void test_random(void)
{
    unsigned exact = 0;
    bool sane = true;

    srand(3);
    for (unsigned i = 0; i < 50000; i++) {
        struct code code;
        struct memory memory = place(&code, "");
        uint32_t start = rand() % 4 ? BASE + (uint32_t)rand() % 32 : 0;
        uint32_t pc = BASE + (uint32_t)rand() % (CODE_LARGEST + 16);
        bool at_call = rand() % 2;
        struct frame_state whole, pieces;
        struct prologue prologue;

        fill(&code);
        whole = prologue_state(&memory, start, UINT32_MAX, pc, at_call);
        code.step = 1 + (unsigned)rand() % 16;
        memory.code.size = 0;
        pieces = prologue_state(&memory, start, UINT32_MAX, pc, at_call);
        sane &= same(&whole, &pieces) && (whole.base != FRAME_BASE_UNKNOWN || !whole.exact);
        exact += whole.exact;
        prologue = prologue_read(&memory, pc, pc + 64);
        sane &= prologue.readable || (!prologue.framed && prologue.pushes == 0 && prologue.locals == 0);
        sane &= prologue.readable || prologue_has_frame(&memory, pc);
    }
    ok(sane && exact > 0, "50000 times random code, read in one piece and in many");
}

int main(void)
{
    test_framed();
    test_realigned();
    test_frameless();
    test_probing();
    test_piece();
    test_last_call();
    test_stub();
    test_missing();
    test_has_frame();
    test_read();
    test_random();
    return tap_end();
}
