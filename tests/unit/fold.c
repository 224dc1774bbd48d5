/* Folding: what repeats is shown once and counted, and what was shown tells the whole stack. */
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#include "../pieces.h"
#include "registry.h"
#include "tap.h"

#define STACK_BASE 0xc0400000u
#define STACK_SIZE 0x200000u
#define CODE 0xc0100000u
#define FUNCTION_SIZE 0x100u
#define REST 8u         /* bytes from the last frame to the base */
#define FRAME 16u       /* bytes of a frame of A to Z */
#define LARGE_FRAME 48u /* and of a to z: the same functions, in a frame of another size */
#define FRAMES_MOST 70000

static struct pieces pieces;
static struct memory memory;
static struct code code;
static struct walk_start start;

static void store(uint32_t address, uint32_t word)
{
    struct window window;

    if (pieces_find(&memory, address, &window))
        memcpy((uint8_t *)(uintptr_t)window.bytes + (address - window.start), &word, 4);
}

static uint32_t pc_of(char letter)
{
    return CODE + (uint32_t)((letter & 31) * FUNCTION_SIZE) + 0x10;
}

static uint32_t size_of(char letter)
{
    return letter & 32 ? LARGE_FRAME : FRAME;
}

/* A stack with a frame for each letter, innermost first. Its code cannot be read: where it is, is known. */
static void begin(const char *letters)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};
    static struct ksg_range range = {CODE, CODE + 64 * FUNCTION_SIZE};
    static struct ksg_module module = {.name = "code", .ranges = &range, .range_count = 1};
    uint32_t address = STACK_BASE - REST;
    size_t count = strlen(letters);

    pieces_free(&pieces);
    memory = (struct memory){.find = pieces_find, .context = &pieces};
    pieces_add(&pieces, STACK_BASE - STACK_SIZE, STACK_SIZE);
    ksg_add_module(&module);
    code_open(&code, &empty, registry_modules());
    for (size_t i = count; i-- > 1;) {
        store(address - size_of(letters[i]), address);
        store(address - size_of(letters[i]) + 4, pc_of(letters[i]));
        address -= size_of(letters[i]);
    }
    memset(&start, 0, sizeof start);
    start.view = (struct view){&memory, &code, STACK_BASE - STACK_SIZE, STACK_BASE, 8, 0};
    start.eip = pc_of(letters[0]);
    start.eip_known = true;
    start.ebp = address;
    start.esp = address - size_of(letters[0]);
}

static char letter_of(const struct row *row)
{
    char letter = (char)('@' + (row->pc - CODE) / FUNCTION_SIZE);

    return row->bytes == LARGE_FRAME ? (char)(letter | 32) : letter;
}

/* The fold as text: a letter for each frame shown, and behind the last of a cycle's "[turns]". */
static void fold_text(char *text, char *unfolded)
{
    static struct fold fold;
    struct row row;
    struct cycle cycle;

    fold_begin(&fold, &start, 0);
    while (fold_next(&fold, &row, &cycle)) {
        if (row.kind == ROW_FRAME)
            *text++ = *unfolded++ = letter_of(&row);
        if (!cycle.turns)
            continue;
        text += sprintf(text, "[%u]", (unsigned)cycle.turns);
        for (uint32_t i = 0; i < (cycle.turns - 1) * cycle.rows; i++, unfolded++)
            *unfolded = unfolded[-(int)cycle.rows];
    }
    *text = *unfolded = 0;
}

static void expect(const char *what, const char *letters, const char *expected)
{
    static char text[8 * FRAMES_MOST], unfolded[FRAMES_MOST];

    begin(letters);
    fold_text(text, unfolded);
    if (!ok(strcmp(text, expected) == 0 && strcmp(unfolded, letters) == 0, "%s", what))
        printf("# %.300s\n# %.300s\n", letters, text);
}

static void test_cycles(void)
{
    expect("nothing repeats", "ABCDEFGH", "ABCDEFGH");
    expect("two turns are no cycle", "ABABC", "ABABC");
    expect("three are", "ABABABC", "AB[3]C");
    expect("one function that calls itself", "XAAAAAAY", "XA[6]Y");
    expect("several that call one another", "XABCABCABCABCY", "XABC[4]Y");
    expect("what is around it stays", "PQABABABABRS", "PQAB[4]RS");
    expect("it may begin in the middle of a turn", "BCABCABCABCD", "BCA[3]BCD");
    expect("the longer one when two begin at once", "AABAABAABC", "AAB[3]C");
    expect("one after the other", "AAAABBBBCCCCD", "A[4]B[4]C[4]D");
}

static void test_turns_that_differ(void)
{
    expect("a frame of another size is no part of the cycle", "AAAAaAAAAX", "A[4]aA[4]X");
    expect("a turn that differs once divides it", "ABABABAbABABABABX", "AB[3]AbAB[4]X");
    expect("a turn with a frame more", "ABABABACBABABABX", "AB[3]ACBA[3]BX");
    expect("every turn differs", "AaAAaAaaAAaAX", "AaAAaAaaAAaAX");
}

static void test_nested(void)
{
    expect("a cycle within a cycle", "ABBBBCABBBBCABBBBCX", "ABBBBC[3]X");
    expect("which begins with the inner one", "BBBBCABBBBCABBBBCABX", "BBBBCA[3]BX");
    expect("whose inner one repeats as often as it likes", "ABBBCABBBBCABBBBBCX", "AB[3]CAB[4]CAB[5]CX");
    expect("a turn taken twice is not a turn of its own", "AAAAAAAAAAAAX", "A[12]X");
}

static void test_ends(void)
{
    expect("the last turn stays where nothing else tells whom it returns to", "XABABABAB", "XAB[3]AB");
    expect("but not when that makes it too short", "XABABAB", "XABABAB");
    expect("it does not stay where the next row tells", "XABABABABY", "XAB[4]Y");
    expect("nor in the middle of a turn", "XABABABA", "XAB[3]A");
}

static void test_lengths(void)
{
    static char letters[4096], expected[4096];
    char turn[FOLD_LONGEST + 2];

    for (unsigned length = FOLD_LONGEST; length <= FOLD_LONGEST + 1; length++) {
        for (unsigned i = 0; i < length; i++)
            turn[i] = (char)(i < 26 ? 'A' + i : i < 52 ? 'a' + i - 26 : 'A' + i - 52);
        /* So far the letters repeat; then one differs, so that no shorter turn does. */
        turn[length] = 0;
        letters[0] = 0;
        for (unsigned i = 0; i < 5; i++)
            strcat(letters, turn);
        strcat(letters, "Z");
        snprintf(expected, sizeof expected, length <= FOLD_LONGEST ? "%s[5]Z" : "%s",
                 length <= FOLD_LONGEST ? turn : letters);
        expect(length <= FOLD_LONGEST ? "a turn of 64 frames" : "a turn of 65 is too long", letters, expected);
    }
}

static void test_summary(void)
{
    struct fold_summary summary;

    begin("XABABABABCCCCCCY");
    fold_summarize(&start, &summary);
    ok(summary.lines == 2 + 3 + 2 + 1, "lines: each row shown, one for each cycle, and the rest");
    ok(summary.greatest.rows == 2 && summary.greatest.turns == 4 && summary.greatest.frames == 2 &&
           summary.greatest.bytes == 2 * FRAME && summary.greatest_bytes == 8 * FRAME,
       "the greatest cycle is the one with the most bytes");
    ok(summary.bytes == 14 * FRAME, "all cycles together");
    ok(summary.greatest.pc == pc_of('A') && !summary.greatest.pc_exact, "it is named after its first row");

    begin("ABABABX");
    fold_summarize(&start, &summary);
    ok(summary.greatest.pc_exact, "which may be where EIP was");

    begin("ABCD");
    fold_summarize(&start, &summary);
    ok(summary.greatest.turns == 0 && summary.greatest_bytes == 0 && summary.bytes == 0 && summary.lines == 5,
       "no cycle, and each row a line");
}

/* The ChildEBP that a cycle ends at is that of the last row left out. */
static void test_last(void)
{
    static struct fold fold;
    struct row row;
    struct cycle cycle;
    uint32_t last = 0, next = 0;

    begin("XABABABABY");
    fold_begin(&fold, &start, 0);
    while (fold_next(&fold, &row, &cycle)) {
        if (last && !next)
            next = row.child_ebp - row.bytes;
        if (cycle.turns)
            last = cycle.last;
    }
    ok(last != 0 && last == next, "a cycle's last ChildEBP is where the next row begins");
}

/* As many frames as a walk gives where it is not the usual one. */
static void test_deep(void)
{
    static char letters[FRAMES_MOST];
    struct fold_summary summary;
    unsigned count = 4000;

    memset(letters, 'A', count);
    begin(letters);
    fold_summarize(&start, &summary);
    ok(summary.lines <= 4 && summary.greatest.turns > count - 3, "4,000 frames of one function: %u lines",
       (unsigned)summary.lines);

    for (unsigned i = 0; i < count; i++)
        letters[i] = (char)('A' + i % 3);
    for (unsigned i = 300; i < count; i += 300)
        letters[i] = 'z';
    begin(letters);
    fold_summarize(&start, &summary);
    ok(summary.lines <= 13 * 9, "of three functions that call one another, with an odd turn now and then: %u lines",
       (unsigned)summary.lines);
}

/* So many frames of one function that folding them takes too long: that is two walks over them. */
static void test_too_long(void)
{
    static char letters[FRAMES_MOST], text[8 * FRAMES_MOST], unfolded[FRAMES_MOST];
    unsigned folded;
    size_t count = 60000, rest;
    char *end;

    memset(letters, 'A', count);
    letters[count] = 0;
    begin(letters);
    fold_text(text, unfolded);
    folded = (unsigned)strtoul(text + 2, &end, 10);
    rest = strspn(end + 1, "A");
    ok(strncmp(text, "A[", 2) == 0 && folded > count / 4 && folded < count, "%u of %zu turns are folded", folded,
       count);
    ok(strcmp(unfolded, letters) == 0 && end[1 + rest] == 0 && folded + rest == count,
       "and what would take too long is shown frame for frame");
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* Random letters, of which runs are repeated, and runs of runs. */
static void test_random(void)
{
    static char letters[4096], text[8 * 4096], unfolded[FRAMES_MOST];
    bool all = true;

    for (unsigned round = 0; round < 3000 && all; round++) {
        size_t count = 0;
        uint32_t alphabet = 1 + random_below(4);

        while (count < 200) {
            size_t length = 1 + random_below(8), first = count;
            uint32_t turns = 1 + random_below(9);

            for (size_t i = 0; i < length; i++)
                letters[count++] = (char)((random_below(8) ? 'A' : 'a') + random_below(alphabet));
            if (first > 0 && random_below(3) == 0)
                first = random_below((uint32_t)first);
            length = count - first;
            for (size_t i = 0; i < length * (turns - 1) && count < 1000; i++, count++)
                letters[count] = letters[count - length];
        }
        letters[count] = 0;
        begin(letters);
        fold_text(text, unfolded);
        all = strcmp(unfolded, letters) == 0 && strlen(text) <= strlen(letters) + 8 * count;
        if (!all)
            printf("# %s\n# %s\n# %s\n", letters, text, unfolded);
    }
    ok(all, "3,000 random stacks: unfolded, each is what it was");
}

int main(void)
{
    test_cycles();
    test_turns_that_differ();
    test_nested();
    test_ends();
    test_lengths();
    test_summary();
    test_last();
    test_deep();
    test_too_long();
    test_random();
    return tap_end();
}
