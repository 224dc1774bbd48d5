/* Memory that ends in the middle of what is read, and code that says less than it might. */
#include "hog.h"

#include "prologue.h"
#include "trap.h"

#define HOLE_END 0xc0500000u /* there is no memory below */

static struct view view;

static void begin_edge(void)
{
    begin_crash();
    pieces_add(&victim.pieces, HOLE_END, 0x1000);
    view = (struct view){&victim.memory, &victim.code, HOLE_END - 0x1000, HOLE_END + 0x1000, KERNEL_CS, 0};
}

static void test_trap_shape(void)
{
    struct trap trap;

    begin_edge();
    store(HOLE_END + 0, at("middle_body"));
    store(HOLE_END + 4, KERNEL_CS);
    store(HOLE_END + 8, EFLAGS);
    ok(trap_shape(&view, HOLE_END, &trap) && trap.eip == at("middle_body"), "a trap frame where memory begins");
    store(HOLE_END + 0, KERNEL_CS);
    store(HOLE_END + 4, EFLAGS);
    ok(!trap_shape(&view, HOLE_END - 4, &trap), "none whose EIP is not there");
    ok(!trap_shape(&view, HOLE_END - 8, &trap), "nor its CS");
    ok(!trap_shape(&view, HOLE_END - 12, &trap), "nor its EFLAGS");
    store(HOLE_END + 0xff4, at("middle_body"));
    store(HOLE_END + 0xff8, USER_CS);
    store(HOLE_END + 0xffc, EFLAGS);
    ok(!trap_shape(&view, HOLE_END + 0xff4, &trap), "nor one from user mode whose SS is not there");
}

/* A stub that comes from where EBP was loaded with anything: mov ebp, eax; iretd. */
static void test_stub_without_ebp(void)
{
    static const uint8_t code[] = {0x89, 0xc5, 0xcf};
    struct trap trap;

    begin_edge();
    memcpy(pieces_add(&victim.pieces, 0xc0600000, sizeof code), code, sizeof code);
    store(HOLE_END + 0, at("middle_body"));
    store(HOLE_END + 4, KERNEL_CS);
    store(HOLE_END + 8, EFLAGS);
    ok(trap_of_stub(&view, 0xc0600000, HOLE_END, 0x1234, &trap) && trap.eip == at("middle_body") && trap.ebp == 0x1234,
       "the trap's EBP, which nobody knows, is taken for the one of now");
}

static void test_prologues(void)
{
    uint8_t *code;

    begin_edge();
    code = pieces_add(&victim.pieces, 0xc0600000, 0x1000);
    memset(code, 0x90, 0x1000);
    ok(!prologue_has_frame(&victim.memory, 0xc0600000), "nothing but nops is no frame");
    memcpy(code, "\x89\xc5\x55\x89\xe5", 5);
    ok(!prologue_has_frame(&victim.memory, 0xc0600000), "nor is one after EBP was changed: mov ebp, eax");
    memcpy(code, "\x55\x8d\x6c\x24\x00", 5);
    ok(prologue_has_frame(&victim.memory, 0xc0600000), "push ebp; lea ebp, [esp + 0] is one");
    memcpy(code, "\x55\x8d\x6c\x24\x04", 5);
    ok(!prologue_has_frame(&victim.memory, 0xc0600000), "but not with another offset");
    memcpy(code, "\x8d\x6c\x24\x00\x90", 5);
    ok(!prologue_has_frame(&victim.memory, 0xc0600000), "nor without the push");
    memcpy(code, "\xc8\x10\x00\x00\x90", 5);
    ok(prologue_has_frame(&victim.memory, 0xc0600000), "enter is one");
    ok(prologue_has_frame(&victim.memory, 0xd0000000), "and so is what cannot be read");
}

int main(void)
{
    test_trap_shape();
    test_stub_without_ebp();
    test_prologues();
    return tap_end();
}
