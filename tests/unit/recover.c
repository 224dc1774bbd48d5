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
    victim.ebp = 0;
    run_at(0x41414140);
    expect_rows("what runs is outside all code: the first record is not taken for its own",
                "- 41414140 lost\n4 (before)\n10 middle_leaf recovered\n18 outer_middle recovered\n"
                "10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    interrupt(at("middle_body"));
    enter();
    victim.ebp = 0x12345678;
    expect("nor is a stub's, which has no return address", "stub_dark_framed_registers",
           "- stub_dark_framed_registers lost\n0 (before)\n18 (gap)\n18 outer_middle recovered\n"
           "10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_leaf();
    push(0);
    victim.esp += 1;
    victim.ebp = victim.esp - 1;
    expect("EBP is right below an odd ESP", "leaf_body",
           "7 leaf_body recovered\n10 middle_leaf recovered\n18 outer_middle recovered\n10 thread_outer recovered\n"
           "8 (rest)\nend: zero\n");

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

    begin();
    locals(0x40);
    victim.ebp = victim.esp + 8;
    run_at(0);
    victim.start.eip_known = false;
    expect_rows("EIP is not known, and what EBP leads to is no record", "40 (rest)\nend: no code\n");

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

    to_outer();
    call("outer_lost");
    locals(20);
    call("lost_leaf");
    victim.ebp = 0x41414141;
    enter();
    locals(4);
    expect("behind a guess: what the code tells, a direct call confirms", "leaf_body",
           "4 leaf_body\n18 lost_leaf guess\n18 outer_lost\n" ABOVE_OUTER);

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

/* Interrupts on a chain that EBP does not show. */
static void test_traps(void)
{
    to_middle();
    interrupt(at("middle_leaf")); /* right behind a call */
    enter();
    locals(12);
    handler_inside("stub_framed_handler");
    victim.ebp = 0x12345678;
    expect("a stub with an EBP frame", "handler_body",
           "8 handler_body recovered\n0 stub_framed_handler recovered trap\n2c middle_leaf recovered\n"
           "18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    interrupt(at("middle_body"));
    push(EFLAGS);
    push(KERNEL_CS);
    push(at("other"));
    handler_inside("stub_jumps_handler");
    victim.ebp = 0x12345678;
    expect("one whose words look like a trap frame", "handler_body",
           "8 handler_body recovered\n0 stub_jumps_handler recovered trap\n28 middle_body recovered\n"
           "18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    interrupt(at("middle_body"));
    push(2);
    enter();
    pushad();
    handler_inside("stub_dark_framed_handler");
    victim.ebp = 0x12345678;
    expect("one whose code does not tell", "handler_body",
           "8 handler_body recovered\n0 stub_dark_framed_handler recovered trap\n44 middle_body recovered\n"
           "18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    interrupt(at("middle_body"));
    pushad();
    victim.ebp = 0;
    handler_inside("stub_zero_handler");
    victim.ebp = 0x12345678;
    expect("one that sets EBP to 0", "handler_body",
           "8 handler_body recovered\n0 stub_zero_handler recovered trap\n3c middle_body recovered\n"
           "18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    begin();
    interrupt_from_user(0x08048123);
    victim.ebp = 0xbfffe000;
    enter();
    locals(12);
    handler_inside("stub_framed_handler");
    victim.ebp = 0x12345678;
    expect("one with an EBP frame, from user mode", "handler_body",
           "8 handler_body recovered\n0 stub_framed_handler recovered trap\n- 8048123 user\n2c (entry)\nend: user\n");

    to_middle();
    call("middle_leaf");
    push(victim.ebp);
    interrupt(at("leaf_pushed"));
    in_stub();
    call("handler_leaf");
    enter();
    locals(4);
    victim.ebp = 0x12345678;
    expect("a prologue, and another function than its caller under the trap", "leaf_body",
           "4 leaf_body recovered\n10 handler_leaf recovered\n0 stub_handler recovered trap\n"
           "40 leaf_pushed recovered\n10 middle_leaf recovered\n18 outer_middle recovered\n"
           "10 thread_outer recovered\n8 (rest)\nend: zero\n");

    to_middle();
    call("middle_leaf");
    push(victim.ebp);
    interrupt(at("leaf_pushed"));
    in_stub();
    victim.ebp = 0x12345678;
    expect(
        "a prologue, where EBP is still the caller's", "handler_body",
        "8 handler_body recovered\n0 stub_handler recovered trap\n40 leaf_pushed recovered\n10 middle_leaf recovered\n"
        "18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");
}

/* Words like a trap's above a function that sets up EBP and never returns, which a direct call of the next one left. */
static void test_no_trap(void)
{
    uint32_t entry_record;

    begin();
    locals(0x100);
    interrupt_from_user(0x08048123);
    push(at("entry_outer"));
    entry_record = push(0x41414141);
    push(at("outer_middle"));
    push(entry_record);
    locals(8);
    victim.ebp = 0x12345678;
    expect("such a function is no stub, whatever looks like a trap", "middle_body",
           "- middle_body lost\n12c (rest)\nend: off\n");
}

/* What a chain may lead through besides direct calls of functions with frames. */
static void test_links(void)
{
    to_outer();
    bare_inside("outer_bare");
    call("bare_leaf");
    enter();
    locals(4);
    victim.ebp = 0x12345678;
    expect("past a function without a frame, the record is its caller's", "leaf_body",
           "4 leaf_body recovered\n14 bare_leaf recovered\n18 outer_bare recovered\n10 thread_outer recovered\n"
           "8 (rest)\nend: zero\n");

    to_outer();
    call("outer_jumps_far");
    enter();
    locals(8);
    for (unsigned i = 0; i < 2; i++) {
        call("middle_middle");
        enter();
        locals(8);
    }
    call("middle_leaf");
    enter();
    locals(4);
    victim.ebp = 0x12345678;
    expect("a call of another function, where three direct ones below it speak for the chain", "leaf_body",
           "4 leaf_body recovered\n10 middle_leaf recovered\n10 middle_middle recovered\n10 middle_middle guess\n"
           "18 outer_jumps_far recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");
}

/* --- what else is on a stack --- */

/* leaf's locals are LOCALS bytes, with a stale record at each place that the tests choose, counted from leaf's EBP
 * down. */
#define LOCALS 0x1800
#define MIDDLE_LOCALS 0x1000

static uint32_t leaf_ebp, middle_ebp;

static void to_large_leaf(void)
{
    to_outer();
    call("outer_middle");
    middle_ebp = enter();
    locals(MIDDLE_LOCALS);
    call("middle_leaf");
    leaf_ebp = enter();
    locals(LOCALS);
    victim.ebp = 0x12345678;
}

static void put_record(uint32_t address, uint32_t link, const char *return_address)
{
    store(address, link);
    store(address + 4, at(return_address));
}

static void expect_chain(const char *name)
{
    expect(
        name, "leaf_body",
        "1800 leaf_body recovered\n1008 middle_leaf recovered\n18 outer_middle recovered\n10 thread_outer recovered\n"
        "8 (rest)\nend: zero\n");
}

static void test_decoys(void)
{
    to_large_leaf();
    put_record(leaf_ebp - 0x100, leaf_ebp - 0x80, "outer_pointer");
    expect_chain("a record that leads to none");

    to_large_leaf();
    put_record(leaf_ebp - 0x100, leaf_ebp - 0x80, "outer_pointer");
    put_record(leaf_ebp - 0x80, 0, "thread_pointer");
    expect_chain("a short chain that ends in a zero");

    to_large_leaf();
    for (uint32_t i = 0; i < 12; i++)
        put_record(leaf_ebp - 0x100 + 16 * i, leaf_ebp - 0x100 + 16 * (i + 1), "outer_pointer");
    put_record(leaf_ebp - 0x100 + 16 * 12, 0x41414141, "outer_pointer");
    expect_chain("a long one that ends nowhere");

    to_large_leaf();
    for (uint32_t i = 0; i < 12; i++)
        put_record(leaf_ebp - 0x100 + 16 * i, leaf_ebp - 0x100 + 16 * (i + 1), "outer_pointer");
    put_record(leaf_ebp - 0x100 + 16 * 12, middle_ebp - 0x100, "outer_pointer");
    expect_chain("or that ends when the true one has begun");

    to_large_leaf();
    put_record(leaf_ebp - 0x100, leaf_ebp, "outer_pointer");
    expect_chain("a stale record that leads into the chain, but called another function");

    /* middle_pointer, outer_middle, thread_outer: each called the one before; but none middle again. */
    to_large_leaf();
    put_record(leaf_ebp - 0x100, leaf_ebp - 0xc0, "middle_pointer");
    put_record(leaf_ebp - 0xc0, leaf_ebp - 0x80, "outer_middle");
    put_record(leaf_ebp - 0x80, middle_ebp, "thread_outer");
    expect_chain("stale frames that fit one another, but not the chain");

    /* The true chain begins at middle's record. */
    to_large_leaf();
    put_record(leaf_ebp, 0x41414141, "middle_body");
    put_record(leaf_ebp - 0x100, leaf_ebp - 0xc0, "middle_leaf");
    put_record(leaf_ebp - 0xc0, middle_ebp, "outer_middle");
    expect("two direct calls are too few for stale frames that lead into the rest of a chain", "leaf_body",
           "- leaf_body lost\n2808 (before)\n18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\n"
           "end: zero\n");

    to_large_leaf();
    put_record(leaf_ebp - 0x100, leaf_ebp - 0x7f, "outer_pointer");
    expect_chain("a record whose EBP is odd");

    /* An interrupted function that used EBP for something else. */
    to_large_leaf();
    victim.ebp = 0x41;
    victim.esp = leaf_ebp - 0x100;
    interrupt(at("middle_body"));
    pushad();
    victim.ebp = 0;
    handler_inside("stub_zero_handler");
    victim.ebp = 0x12345678;
    victim.esp = leaf_ebp - LOCALS;
    expect_chain("a stale trap whose EBP is odd");

    to_large_leaf();
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t end = middle_ebp - MIDDLE_LOCALS + 16 * i;

        put_record(leaf_ebp - LOCALS + 16 * i, end, "outer_pointer");
        put_record(end, end + 8, "outer_pointer");
    }
    expect_chain("more chains alive than the table holds");
}

/* --- more chains than the table holds --- */

#define TABLE 32

static uint32_t heads, seconds, last_record;

/* Room for TABLE + 1 chains that wait for their second records, above all the first ones. */
static void to_full_table(void)
{
    begin();
    locals(STACK_BOTTOM);
    last_record = victim.esp; /* zeros */
    locals(16 * (TABLE + 1));
    seconds = victim.esp;
    locals(16 * (TABLE + 1));
    heads = victim.esp;
    victim.ebp = 0x12345678;
}

/* The chain whose head is number index has its second record at place; from there it leads nowhere. */
static void put_chain(uint32_t index, const char *first, uint32_t place, const char *second)
{
    put_record(heads + 16 * index, seconds + 16 * place, first);
    put_record(seconds + 16 * place, 0x41414141, second);
}

static void put_weak(uint32_t index, uint32_t place)
{
    put_chain(index, "outer_pointer", place, "thread_pointer");
}

/* The only one that leads on: two thirds of what the strong ones have speaks for it, and more than for the weak ones.
 */
static void put_complete(uint32_t index, uint32_t place)
{
    put_chain(index, "middle_leaf", place, "outer_pointer");
    store(seconds + 16 * place, last_record);
}

static void put_strong(uint32_t index, uint32_t place)
{
    put_chain(index, "middle_leaf", place, "outer_middle");
}

static void expect_complete(const char *name, uint32_t index, uint32_t place)
{
    uint32_t head = heads + 16 * index;
    uint32_t second = seconds + 16 * place;
    char expected[200];

    snprintf(expected, sizeof expected,
             "%" PRIx32 " leaf_body recovered\n%" PRIx32 " middle_leaf recovered\n%" PRIx32
             " outer_pointer recovered\n80 (rest)\nend: zero\n",
             head - heads, second - head, last_record - second);
    expect(name, "leaf_body", expected);
}

static void test_full_table(void)
{
    static const uint32_t indices[] = {0, TABLE / 2, TABLE - 1};
    char expected[200];

    for (unsigned i = 0; i < sizeof indices / sizeof *indices; i++) {
        char name[80];

        to_full_table();
        for (uint32_t index = 0; index < TABLE; index++)
            put_weak(index, index);
        put_complete(indices[i], indices[i]);
        put_strong(TABLE, TABLE);
        snprintf(name, sizeof name, "a full table: the weakest chain goes, not number %" PRIu32, indices[i]);
        expect_complete(name, indices[i], indices[i]);
    }

    to_full_table();
    for (uint32_t index = 0; index < TABLE; index++)
        put_strong(index, index);
    put_complete(3, 3);
    put_weak(TABLE, TABLE);
    expect_complete("nor does any for a chain that is weaker still", 3, 3);

    to_full_table();
    for (uint32_t index = 0; index < TABLE; index++)
        put_complete(index, TABLE - 1 - index);
    for (uint32_t index = 1; index < TABLE; index++)
        store(seconds + 16 * (TABLE - 1 - index), 0x41414141);
    put_strong(TABLE, TABLE);
    snprintf(expected, sizeof expected,
             "%" PRIx32 " leaf_body guess\n%" PRIx32 " outer_pointer recovered\n80 (rest)\nend: zero\n",
             seconds + 16 * (TABLE - 1) - heads, last_record - (seconds + 16 * (TABLE - 1)));
    expect("of equals, that whose next record is farthest goes: its rest is what is left", "leaf_body", expected);

    to_full_table();
    for (uint32_t index = 0; index < TABLE - 1; index++)
        put_complete(index, index + 1);
    for (uint32_t index = 0; index < TABLE - 1; index++)
        store(seconds + 16 * (index + 1), 0x41414141);
    put_complete(TABLE - 1, 0);
    put_strong(TABLE, TABLE);
    expect_complete("and the nearest stays", TABLE - 1, 0);
}

/* --- no chain --- */

/* A stack full of return addresses into all functions, and no chain. */
static void to_return_addresses(void)
{
    uint32_t address;

    begin();
    locals(0x1000);
    address = victim.esp;
    for (const struct mark *mark = __start_victim_marks; mark < __stop_victim_marks; mark++, address += 8)
        put_record(address, address + 12, mark->name);
    victim.ebp = 0x12345678;
}

/* Recovering looks up every function that is on the stack; the one that ran is still the one, whichever that is. */
static void test_names(void)
{
    uint32_t wrong = 0;

    for (const struct mark *mark = __start_victim_marks; mark < __stop_victim_marks; mark++) {
        struct walk walk;
        struct row row;

        to_return_addresses();
        run_at(CODE + mark->offset);
        walk_begin(&walk, &victim.start);
        while (walk_next(&walk, &row))
            wrong += row.function && row.pc - row.function->start > row.function->end - row.function->start;
    }
    ok(!wrong, "many functions, and no chain: each row has its own function");
}

static void test_choice(void)
{
    uint32_t first, second, last;

    begin();
    locals(0x40);
    last = victim.esp; /* zeros */
    locals(0x100);
    first = victim.esp + 0x10;
    second = victim.esp + 0x40;
    victim.ebp = 0x12345678;

    put_record(first, first + 0x10, "middle_leaf");
    expect("a record that leads to zeros is no chain", "leaf_body", "- leaf_body lost\n140 (rest)\nend: off\n");

    put_record(first, last, "middle_leaf");
    store(first + 4, data_with_call());
    expect("nor is one whose return address is in no code", "leaf_body", "- leaf_body lost\n140 (rest)\nend: off\n");

    put_record(first, last, "middle_body");
    expect("nor one whose return address no call left", "leaf_body", "- leaf_body lost\n140 (rest)\nend: off\n");

    put_record(first, last, "middle_leaf");
    put_record(last, last + 0x20, "middle_body");
    expect("only the last record of all has a return address that no call left", "leaf_body",
           "- leaf_body lost\n140 (rest)\nend: off\n");
    store(last, 0);
    store(last + 4, 0);

    put_record(first, last, "middle_leaf");
    expect("but one that leads to zeros right below the base is", "leaf_body",
           "10 leaf_body recovered\nf0 middle_leaf recovered\n40 (rest)\nend: zero\n");

    put_record(first - 8, 0, "middle_leaf");
    expect("a shorter one of the same worth, nearer to ESP, does not hide it", "leaf_body",
           "10 leaf_body recovered\nf0 middle_leaf recovered\n40 (rest)\nend: zero\n");
    store(first - 8, 0x41414141);

    put_record(first, last, "middle_pointer");
    put_record(second, last + 8, "middle_pointer");
    expect("of equals, the one nearest to ESP", "leaf_body",
           "10 leaf_body guess\nf0 middle_pointer recovered\n40 (rest)\nend: zero\n");

    put_record(first, last + 8, "middle_pointer");
    put_record(second, last, "middle_pointer");
    expect("also if it ends last", "leaf_body",
           "10 leaf_body guess\nf8 middle_pointer recovered\n38 (rest)\nend: zero\n");

    put_record(first, last, "middle_pointer");
    put_record(second, last + 8, "middle_leaf");
    expect("of others, the one that direct calls verify", "leaf_body",
           "40 leaf_body recovered\nc8 middle_leaf recovered\n38 (rest)\nend: zero\n");
}

static void test_ends(void)
{
    begin();
    victim.ebp = 0xdeadbee0;
    call("boot_outer");
    enter();
    locals(16);
    call("outer_middle");
    enter();
    locals(8);
    victim.ebp = 0x12345678;
    expect("a chain is complete right below the base, whatever EBP was there", "middle_body",
           "8 middle_body recovered\n18 outer_middle recovered\n- boot_outer lost\n8 (rest)\nend: off\n");

    for (uint32_t below = 0; below <= 4; below += 4) {
        char name[60];

        begin();
        victim.ebp = victim.base - below;
        locals(0x200);
        call("boot_outer");
        enter();
        locals(16);
        call("outer_middle");
        enter();
        locals(8);
        victim.ebp = 0x12345678;
        snprintf(name, sizeof name, "and where EBP was the base, less %" PRIx32, below);
        expect(name, "middle_body",
               "8 middle_body recovered\n18 outer_middle recovered\n- boot_outer lost\n208 (rest)\nend: off\n");
    }

    begin();
    locals(0x200);
    call("thread_outer");
    enter();
    locals(16);
    call("outer_middle");
    enter();
    locals(8);
    victim.ebp = 0x12345678;
    expect("and where EBP was 0, wherever that is", "middle_body",
           "8 middle_body recovered\n18 outer_middle recovered\n- thread_outer lost\n208 (rest)\nend: zero\n");

    for (uint32_t below = STACK_BOTTOM - RECORD_SIZE; below <= STACK_BOTTOM; below += RECORD_SIZE) {
        for (unsigned called = 0; called < 2; called++) {
            char name[80];
            bool is_bottom = below < STACK_BOTTOM;

            begin();
            victim.ebp = 0xdeadbee0;
            locals(below);
            push(called ? at("boot_outer") : 0x70000001);
            enter();
            locals(16);
            call("outer_middle");
            enter();
            locals(8);
            victim.ebp = 0x12345678;
            snprintf(name, sizeof name, "%s first record %s",
                     is_bottom ? "at 128 bytes below the base, a" : "not farther, a",
                     called ? "with any EBP" : "with any return address");
            expect(name, "middle_body",
                   !is_bottom ? "- middle_body lost\na8 (rest)\nend: off\n"
                   : called   ? "8 middle_body recovered\n18 outer_middle recovered\n- boot_outer lost\n80 (rest)\n"
                                "end: off\n"
                              : "8 middle_body recovered\n- outer_middle lost\n98 (rest)\nend: no code\n");
        }
    }

    begin();
    interrupt_from_user(0x08048123);
    victim.ebp = 0xbfffe000;
    in_stub();
    call("handler_leaf");
    enter();
    locals(4);
    victim.ebp = 0x12345678;
    expect("and at a trap from user mode", "leaf_body",
           "4 leaf_body recovered\n10 handler_leaf recovered\n0 stub_handler recovered trap\n- 8048123 user\n"
           "48 (entry)\nend: user\n");
}

/* A zero EBP ends a thread's chain; but it can also be one that was overwritten. */
static void test_zero(void)
{
    to_middle();
    store(victim.ebp, 0);
    call("middle_leaf");
    enter();
    locals(4);
    expect("a function with a frame cannot have had EBP 0", "leaf_body",
           "4 leaf_body\n10 middle_leaf\n18 outer_middle recovered\n10 thread_outer recovered\n8 (rest)\nend: zero\n");

    forget_symbols();
    expect("without symbols it may have: then two records above are not enough", "leaf_body",
           "4 leaf_body\n10 middle_leaf\n- outer_middle lost\n30 (rest)\nend: zero\n");

    to_middle();
    call("middle_middle");
    enter();
    locals(8);
    store(victim.ebp, 0);
    call("middle_leaf");
    enter();
    locals(4);
    forget_symbols();
    expect("three are", "leaf_body",
           "4 leaf_body\n10 middle_leaf\n10 middle_middle guess\n18 outer_middle recovered\n10 thread_outer recovered\n"
           "8 (rest)\nend: zero\n");
}

static bool recovers_within(uint32_t work)
{
    struct record head;

    run_at(at("leaf_body"));
    victim.memory.work = 0;
    victim.memory.work_most = work;
    return recover_chain(&victim.start.view, victim.esp, 0, 2, &head);
}

/* As memory.h counts it: 1 for each line of 16 bytes, and for each record what its lookups take. */
static void test_work(void)
{
    const uint32_t lines = (LOCALS + MIDDLE_LOCALS) / 16;
    const uint32_t records = LOCALS / 16;

    to_large_leaf();
    ok(recovers_within(lines + 200), "a large stack with few records: all of it is looked at");
    ok(!recovers_within(lines / 2), "unless that takes too long: then nothing is recovered, though a chain is there");

    to_large_leaf();
    for (uint32_t i = 0; i < records; i++)
        put_record(leaf_ebp - LOCALS + 16 * i, leaf_ebp - LOCALS + 16 * i + 8, "outer_pointer");
    ok(!recovers_within(lines + 200), "records take more than other words");
    ok(recovers_within(lines + 200 + records * 32), "but not much more");
}

int main(void)
{
    test_garbage_ebp();
    test_smashed();
    test_traps();
    test_no_trap();
    test_links();
    test_decoys();
    test_full_table();
    test_names();
    test_choice();
    test_ends();
    test_zero();
    test_work();
    return tap_end();
}
