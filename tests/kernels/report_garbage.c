/* A report on demand with nothing to hold on to: pointers that lead nowhere, then also a GDT and an IDT that are gone. */
#include "check.h"

#define NOWHERE 0xf0000000u

static const char rude[] = "tab\tand bell\a, far too long to be said in one line, \x80\xff and so on\nand on";

static void worker(void)
{
    static struct ksg_registers wild = {.eip = NOWHERE, .ebp = 0x1001, .esp = 3, .eflags = 2, .cs = KERNEL_CODE};
    struct table gdt_whole = gdt_loaded();
    struct table gone = {7, gdt_whole.entries};
    struct table nowhere = {0xffff, (const struct descriptor *)NOWHERE};

    CHECK(ksg_report((void *)NOWHERE, (void *)NOWHERE) == KSG_OK);
    CHECK(ksg_report(&wild, rude) == KSG_OK);
    gdt_load(gone);
    idt_load(nowhere);
    CHECK(ksg_report(0, "no GDT") == KSG_OK);
    CHECK(gdt_loaded().limit == 7 && idt_loaded().entries == nowhere.entries);
    gdt_load(nowhere);
    CHECK(ksg_report(0, "none at all") == KSG_OK);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
