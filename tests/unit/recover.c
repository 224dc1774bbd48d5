/* Chains that EBP does not show: found again from the words of the stack. victim.S has the code. */
#include "recover.h"

#include "victim.h"

/* --- EBP is garbage --- */

#define RECOVERED                                                                                                      \
    "4 leaf_body recovered\n10 middle_leaf recovered\n18 outer_middle recovered\n10 thread_outer recovered\n"          \
    "8 (rest)\nend: zero\n"

static void test_garbage_ebp(void)
{
    static const struct {
        const char *name;
        uint32_t ebp;
        const char *end;
    } cases[] = {
        {"0", 0, "zero"},
        {"odd", STACK_BASE - 0x101, "odd"},
        {"downward", STACK_BASE - STACK_SIZE + 0x100, "down"},
        {"off the stack", 0x12345678, "off"},
        {"just off the stack", STACK_BASE, "off"},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[80], expected[200];

        to_leaf();
        victim.ebp = cases[i].ebp;
        snprintf(name, sizeof name, "EBP is %s: the chain is recovered", cases[i].name);
        expect(name, "leaf_body", RECOVERED);

        begin();
        locals(0x40);
        victim.ebp = cases[i].ebp;
        snprintf(name, sizeof name, "EBP is %s and there is no chain: said so", cases[i].name);
        snprintf(expected, sizeof expected, "- leaf_body lost\n40 (rest)\nend: %s\n", cases[i].end);
        expect(name, "leaf_body", expected);
    }

    to_leaf();
    victim.ebp = victim.esp;
    store(victim.esp, victim.esp);
    expect("EBP points to itself", "leaf_body", RECOVERED);

    begin();
    locals(0x40);
    victim.ebp = victim.base + 0x10;
    run_at(at("leaf_body"));
    victim.start.view.base += 0x1000; /* beyond what can be read */
    victim.base += 0x1000;
    expect_rows("EBP leads to memory that cannot be read", "- leaf_body lost\n1040 (rest)\nend: unreadable\n");

    to_leaf();
    victim.ebp = 0;
    run_at(0);
    victim.start.eip_known = false;
    expect_rows("not even EIP is known",
                "4 (before)\n10 middle_leaf recovered\n18 outer_middle recovered\n10 thread_outer recovered\n"
                "8 (rest)\nend: zero\n");
}

static void test_smashed(void)
{
    uint32_t middle_ebp;

    to_middle();
    store(victim.ebp, 0x41414141);
    call("middle_leaf");
    enter();
    locals(4);
    expect("a saved EBP was overwritten: the chain is recovered behind it", "leaf_body",
           "4 leaf_body\n10 middle_leaf\n18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    middle_ebp = victim.ebp;
    call("middle_leaf");
    enter();
    locals(4);
    store(victim.ebp, 0x41414141);
    store(middle_ebp, 0x41414141);
    store(middle_ebp + 4, 0x41414141);
    expect("a whole record was overwritten: the gap is shown with its bytes", "leaf_body",
           "4 leaf_body\n- middle_leaf lost\n28 (gap)\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    middle_ebp = victim.ebp;
    interrupt(at("middle_body"));
    locals(12);
    handler_inside("stub_three_handler");
    store(victim.ebp, 0x41414141);
    store(middle_ebp, 0x41414141);
    store(middle_ebp + 4, 0x41414141);
    expect("under a trap, too, it is a gap, and not before the first frame", "handler_body",
           "8 handler_body\n0 stub_three_handler trap\n- middle_body lost\n40 (gap)\n10 thread_outer recovered\n"
           "8 (rest)\nend: zero\n");

    to_middle();
    interrupt(at("middle_body"));
    in_stub();
    victim.ebp = 0;
    expect("traps on a recovered chain are recovered, too", "handler_body",
           "8 handler_body recovered\n0 stub_handler recovered trap\n48 middle_body recovered\n"
           "18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");
}

int main(void)
{
    test_garbage_ebp();
    test_smashed();
    return tap_end();
}
