/* Whole reports of crashes made by hand: what each says in its first lines, and what that follows from. */
#include "hog.h"
#include "paint.h"

static struct ksg_stack other, third;

/* One more stack, with memory of its own. */
static void add_other(uint32_t limit, uint32_t base)
{
    other = (struct ksg_stack){.name = "other", .limit = limit, .base = base};
    pieces_add(&victim.pieces, limit, base - limit);
    ksg_add_stack(&other);
}

/* --- overflows --- */

#define TURN 0x10 /* bytes of a frame of middle */

/* thread called outer, outer middle, and middle itself until its locals end at the limit. Returns how often it stands
   there. */
static unsigned recurse(void)
{
    unsigned turns = 1;

    begin_crash();
    enter_outer();
    locals(8); /* more than outer has, so that it comes out even */
    call("outer_middle");
    enter();
    for (; victim.esp - 8 > victim.limit; turns++) {
        locals(8);
        call("middle_middle");
        enter();
    }
    locals(8);
    crash_at("middle_body");
    return turns;
}

static void test_recursion(void)
{
    unsigned turns = recurse();
    uint32_t in_middle = 8 + (turns - 1) * TURN;

    report("recursion");
    says("======== kstackguard 1.0: KERNEL STACK OVERFLOW ========");
    says("kernel!middle+0x%x ran off the end of stack \"worker\", by recursion.", offset_in("middle", "middle_body"));
    says("  certain: esp %08x is at the limit, cr2 %08x is in its guard page", STACK_LIMIT, STACK_LIMIT - 4);
    says("  stack:   limit %08x base %08x size %x, all of it used, %u frames", STACK_LIMIT, STACK_BASE, STACK_SIZE,
         turns + 2);
    says("  most:    kernel %x (100 %%)", STACK_SIZE - 8);
    says("  repeats: kernel!middle, %u turns, %x each, %x in all", turns - 1, TURN, (turns - 1) * TURN);
    says_row(8, STACK_LIMIT + 8, "middle_middle", "middle", "middle_body", 0);
    says("         ... this frame %u times more: %x a turn, %x in all, to %08x", turns - 2, TURN, (turns - 2) * TURN,
         STACK_LIMIT + in_middle);
    says_row(0x20, STACK_LIMIT + in_middle + 0x20, "thread_outer", "outer", "outer_middle", 0);
    says("       8                   (from the last frame to the base)");
    says("  walk ended at a zero ebp; %x in all", STACK_SIZE);

    recurse();
    crashed.crash.gates[VECTOR_PF] = GATE_NOT_PRESENT;
    report("no page fault could be delivered");
    says("  likely:  esp %08x is at the limit, cr2 %08x is in its guard page", STACK_LIMIT, STACK_LIMIT - 4);
    says("  against: no page fault can be delivered anyway:");
    says("           IDT entry 14 (#PF) %s", verdict_gate_text(GATE_NOT_PRESENT));
}

/* A stack without a name, and without frames. */
static void test_few_frames(void)
{
    begin_crash();
    ksg_remove_stack(&crashed.worker);
    crashed.worker.name = 0;
    ksg_add_stack(&crashed.worker);
    victim.esp = STACK_LIMIT - 0x20;
    crash_at("lost_body");
    report("hardly any frames");
    says("kernel!lost+0x%x ran off the end of an unnamed stack.", offset_in("lost", "lost_body"));
    says("  likely:  esp %08x is 20 below the limit, cr2 %08x in its guard page", STACK_LIMIT - 0x20, STACK_LIMIT - 0x24);
    says("  against: only 0 of the stack is in known frames");

    begin_crash();
    victim.esp = STACK_LIMIT - 0x5000;
    crash_at("lost_body");
    report("far below, and nothing leads up");
    says("  range:   of the next stack above esp; nothing else speaks for it");
}

/* start has a frame near the limit of its stack, spread one of SPREAD_LOCALS from there to below the guard page, and deep
   one below that. Returns how far below the limit ESP is. */
static uint32_t jump_the_guard(void)
{
    begin_crash();
    add_hog();
    push(0);
    enter();
    victim.esp = STACK_LIMIT + 0x100;
    push(HOG_START_SPREAD);
    enter();
    locals(SPREAD_LOCALS);
    return STACK_LIMIT - victim.esp + 8 + 0x10; /* deep's record and locals */
}

/* The same, but deep called a function through a pointer, which made so large a frame and called deep. */
static uint32_t jump_by_pointer(void)
{
    begin_crash();
    add_hog();
    push(0);
    enter();
    victim.esp = STACK_LIMIT + 0x100;
    push(HOG_DEEP_POINTER);
    enter();
    locals(SPREAD_LOCALS);
    return STACK_LIMIT - victim.esp + 8 + 0x10;
}

/* deep is called there. Its frame is in memory of its own, which goes up to end. */
static void go_deep(uint32_t return_address, uint32_t below, uint32_t end)
{
    pieces_add(&victim.pieces, STACK_LIMIT - below, end - (STACK_LIMIT - below));
    push(return_address);
    enter();
    locals(0x10);
    crash_at_address(HOG_DEEP_BODY);
}

static void test_large_frame(void)
{
    uint32_t below = jump_the_guard();

    go_deep(HOG_SPREAD_DEEP, below, STACK_LIMIT - 0x1000);
    report("a frame larger than the guard page");
    says("hog!deep+0x6 ran off the end of stack \"worker\", by one frame.");
    says("  certain: esp %08x is %x below the limit, cr2 %08x is not present", STACK_LIMIT - below, below,
         STACK_LIMIT - below - 4);
    says("           jumped the guard page in one frame of %x: hog!spread+0xe", SPREAD_LOCALS + 8);
    says("    %4x %08x %08x hog!spread+0xe", SPREAD_LOCALS + 8, STACK_LIMIT + 0xf8, HOG_START_SPREAD);

    below = jump_the_guard();
    victim.pieces.count--; /* which add_hog has added */
    go_deep(HOG_SPREAD_DEEP, below, STACK_LIMIT - 0x1000);
    report("the same, but the code cannot be read");
    says_not("  certain: ");
    says("  range:   of the next stack above esp; nothing else speaks for it");

    below = jump_the_guard();
    go_deep(HOG_SPREAD_DEEP, below, STACK_LIMIT);
    report("no guard page");
    says("           there is no guard page, and what lies below was written over");

    below = jump_the_guard();
    go_deep(HOG_SPREAD_DEEP, below, STACK_LIMIT);
    other = (struct ksg_stack){.name = "other", .limit = STACK_LIMIT - 0x3000, .base = STACK_LIMIT - 0x1000};
    ksg_add_stack(&other);
    report("another stack below it");
    says("           it ran into stack \"other\", limit %08x base %08x", STACK_LIMIT - 0x3000, STACK_LIMIT - 0x1000);

    below = jump_the_guard();
    go_deep(HOG_SPREAD_DEEP, below, STACK_LIMIT);
    other = (struct ksg_stack){.name = "other", .limit = STACK_LIMIT - 0x3000, .base = STACK_LIMIT - 0x1000};
    third = (struct ksg_stack){.name = "third", .limit = STACK_LIMIT - 0x1000, .base = STACK_LIMIT};
    ksg_add_stack(&other);
    ksg_add_stack(&third);
    report("two other stacks below it");
    says("           it ran into stack \"other\", limit %08x base %08x, and 1 more", STACK_LIMIT - 0x3000,
         STACK_LIMIT - 0x1000);
}

/* A function without a frame at EBP has its locals on a stack of that many bytes, and its return address right above that. */
static void test_frames_from_above(void)
{
    begin_crash();
    add_other(STACK_LIMIT - 0x10, STACK_LIMIT);
    store(STACK_LIMIT + 4, at("outer_bare"));
    victim.esp = STACK_LIMIT - 0xc;
    crash_at("bare_body");
    crashed.crash.ebp = 0;
    crashed.crash.cr2 = STACK_LIMIT - 0x14;
    report("nothing tells of the stack above");
    says("kernel!bare+0x%x ran off the end of stack \"other\".", offset_in("bare", "bare_body"));
    says("  likely:  esp %08x is 4 above the limit, cr2 %08x in its guard page", victim.esp, victim.esp - 8);
    says("  against: the frame of kernel!bare+0x%x ends above the base", offset_in("bare", "bare_body"));
    crashed.crash.esp0 = STACK_BASE;
    report("esp0 does");
    says("kernel!bare+0x%x ran off the end of stack \"worker\".", offset_in("bare", "bare_body"));
    says_not("against: the frame");
}

/* How much it is the code does not tell; but that ESP was lowered, or loaded. */
static void test_moved(void)
{
    uint32_t below = jump_by_pointer();

    go_deep(HOG_ALLOCA_DEEP, below, STACK_LIMIT - 0x1000);
    report("a frame made by alloca");
    says("           jumped the guard page in one frame of %x: hog!alloca+0xa", SPREAD_LOCALS + 8);

    below = jump_by_pointer();
    go_deep(HOG_LOADS_DEEP, below, STACK_LIMIT - 0x1000);
    report("ESP was loaded: the frame lies on two stacks");
    says("  likely:  esp %08x is %x below the limit, cr2 %08x is not present", STACK_LIMIT - below, below,
         STACK_LIMIT - below - 4);
    says("           jumped the guard page where esp was loaded, by %x: hog!loads+0xa", SPREAD_LOCALS + 8);
    says("  range:   of the next stack above esp; nothing else speaks for it");
}

static void test_kernel_moved(void)
{
    begin_inside();
    crashed.machine.symbols_offset = 0x300000;
    report("a kernel that runs elsewhere than it was linked for");
    says("  moved:   the kernel runs 300000 above where it was linked");

    begin_inside();
    report("and one that does not");
    says_not("moved:");
}

static void test_handler(void)
{
    uint32_t trapped = 12 + 8 + 32 + 4 + 4 + 4 + 8; /* trap frame, vectors, pushad, argument, record, locals */

    begin_inside();
    victim.esp = STACK_LIMIT + trapped;
    interrupt(at("middle_body"));
    in_stub();
    crash_at("handler_body");
    report("a handler finds no room");
    says("A trap in kernel!middle+0x%x ran off the end of stack \"worker\", by one frame.",
         offset_in("middle", "middle_body"));
    says("           its handler got as far as kernel!handler+0x%x and took %x", offset_in("handler", "handler_body"),
         trapped);

    begin_inside();
    victim.esp = STACK_LIMIT + 4 * trapped;
    interrupt(at("middle_body"));
    in_stub();
    for (unsigned i = 0; i < 3; i++) {
        interrupt(at("handler_body"));
        in_stub();
    }
    crash_at("handler_body");
    report("and neither do those of traps in it");
    says("           4 traps nest and take %x; the first, kernel!stub+0x%x,", 4 * trapped, offset_in("stub", "stub_handler"));
    says("           interrupted kernel!middle+0x%x, called by kernel!outer+0x%x", offset_in("middle", "middle_body"),
         offset_in("outer", "outer_middle"));

    begin_inside();
    locals(0x800); /* what takes a large part of all is the culprit itself */
    interrupt(at("middle_body"));
    in_stub();
    crash_at("handler_body");
    crashed.crash.cr2 = 0;
    report("a handler in the middle of the stack");
    says("======== kstackguard 1.0: DOUBLE FAULT, CAUSE NOT KNOWN ========");
    says("kernel!handler+0x%x ran when it happened.", offset_in("handler", "handler_body"));
    says("           it was handling a trap in kernel!middle+0x%x", offset_in("middle", "middle_body"));
}

/* --- from user mode --- */

static void begin_user(uint32_t esp0)
{
    begin_crash();
    crash_at_address(0x08048000);
    crashed.crash.cs = USER_CS;
    crashed.crash.esp0 = esp0;
    crashed.crash.cr2 = esp0 - 4;
}

static void test_user(void)
{
    begin_user(STACK_LIMIT);
    report("no room at esp0");
    says("======== kstackguard 1.0: DOUBLE FAULT, NO ROOM AT ESP0 ========");
    says("An entry from user mode found no room on stack \"worker\".");
    says("  certain: esp0 %08x is at the limit, cr2 %08x is in its guard page", STACK_LIMIT, STACK_LIMIT - 4);
    says("  stack:   limit %08x base %08x size %x, empty: esp0 is not its base", STACK_LIMIT, STACK_BASE, STACK_SIZE);

    begin_user(STACK_LIMIT);
    crashed.crash.cs = 0xf000;
    crashed.crash.eflags = EFLAGS_V86;
    report("no room at esp0, from virtual-8086 mode");
    says("An entry from user mode found no room on stack \"worker\".");

    begin_user(0xd0000000);
    report("nothing at esp0");
    says("An entry from user mode found no stack at esp0.");
    says("  certain: esp0 d0000000 is on no known stack, cr2 cffffffc is not present");
    says_not("  stack: ");

    begin_user(STACK_BASE);
    crashed.crash.cr2 = 0;
    crashed.crash.ss0_bad = true;
    crashed.crash.ss0 = USER_SS;
    report("ss0 is bad");
    says("0x8048000 raised #TS, which could not be delivered.");
    says("  certain: esp0 %08x is at the base, cr2 00000000 is no failed push", STACK_BASE);
    says("           the TSS's ss0 0023 is no stack segment of ring 0: #TS");
    says("  stack:   limit %08x base %08x size %x, empty", STACK_LIMIT, STACK_BASE, STACK_SIZE);
}

/* --- another address space --- */

static void test_spaces(void)
{
    begin_inside();
    crashed.crash.cr2 = crashed.crash.esp - 4;
    crashed.crash.cr3 = 0x105000;
    report("a push failed that would not fail here");
    says("======== kstackguard 1.0: DOUBLE FAULT, OTHER ADDRESS SPACE ========");
    says("kernel!middle+0x6 ran in an address space that lacks a page of stack \"worker\".");
    says("           cr2 %08x is a failed push, but present here", crashed.crash.cr2);
    says("           the kernel was on another page directory than cr3 00105000");

    begin_inside();
    crashed.crash.cr2 = crashed.crash.esp - 4;
    crashed.crash.cr3 = 0x105000;
    crashed.crash.victim_cr3 = 0x107000;
    crashed.crash.victim_cr3_known = true;
    crashed.crash.space = SPACE_WITHOUT_STACK;
    report("the kernel's page directory does not map its stack");
    says("           cr3 00107000 does not map it; it is read through cr3 00105000");

    begin_crash();
    push(0);
    crash_at("leaf_body");
    crashed.crash.esp = crashed.crash.ebp = 0xd0000000;
    crashed.crash.cr2 = crashed.crash.esp - 4;
    crashed.crash.cs = USER_CS;
    crashed.crash.esp0 = 0xd0000000;
    crashed.crash.space = SPACE_WITHOUT_STACK;
    report("nor is it one that is known");
    says("kernel!leaf+0x%x ran in an address space that lacks a page of its stack.", offset_in("leaf", "leaf_body"));

    recurse();
    memset((void *)(uintptr_t)victim.pieces.list[0].bytes, 0, STACK_SIZE);
    crashed.crash.space = SPACE_UNREADABLE;
    crashed.crash.cr3 = 0x105000;
    crashed.crash.victim_cr3 = 0x107000;
    report("a stack without the frame that has to be there");
    says("  against: its frame is not here: this may be another process's stack");
    says("  lost:    the page tables of cr3 00107000; this is read through cr3 00105000");
    says_not("  certain:");
}

/* --- ESP elsewhere --- */

static void test_other_places(void)
{
    begin_inside();
    crashed.crash.cr2 = crashed.crash.esp - 4;
    crashed.crash.esp = 0xd0000000;
    crashed.crash.cr2 = 0xd0000000 - 4;
    report("ESP on no stack, EBP on one");
    says("======== kstackguard 1.0: DOUBLE FAULT, ESP ON NO STACK ========");
    says("kernel!middle+0x%x ran with an esp that is on no known stack.", offset_in("middle", "middle_body"));
    says("  certain: esp d0000000 is on no known stack, cr2 cffffffc is not present");
    says("  stack:   limit %08x base %08x size %x, %x of it above ebp, 3 frames", STACK_LIMIT, STACK_BASE, STACK_SIZE,
         STACK_BASE - crashed.crash.ebp);
    says("  range:   of the stack that ebp is on; the rows begin at ebp");
    says_not("the next stack above"); /* there is none */
    crashed.crash.esp = STACK_LIMIT - 0x120000;
    crashed.crash.cr2 = crashed.crash.esp - 4;
    report("far below a stack");
    says("  certain: esp %08x is on no known stack, cr2 %08x is not present", crashed.crash.esp, crashed.crash.cr2);
    says("           the next stack above is stack \"worker\", in 120000 bytes");
    crashed.crash.esp = STACK_LIMIT - 0x1000004;
    report("too far");
    says_not("the next stack above");

    begin_crash();
    push(0);
    enter();
    locals(16);
    call("outer_switches");
    enter();
    add_other(0xc0500000, 0xc0501000);
    victim.esp = 0xc0500000;
    crash_at("switches_switched");
    report("at the end of another stack");
    says("======== kstackguard 1.0: DOUBLE FAULT, ESP ON ANOTHER STACK ========");
    says("kernel!switches+0x%x ran with its esp at the end of stack \"other\", not its own.",
         offset_in("switches", "switches_switched"));
    says("           ebp %08x, its frame, is on stack \"worker\"", crashed.crash.ebp);
    says("  stack:   limit c0500000 base c0501000 size 1000, use not known, 2 frames"); /* on both stacks */

    begin_inside();
    victim.esp += 0x800; /* its page is missing */
    pieces_free(&victim.pieces);
    memcpy(pieces_add(&victim.pieces, CODE, code_size()), victim_start, code_size());
    pieces_add(&victim.pieces, STACK_LIMIT + 0x2000, 0x2000);
    victim.esp = STACK_LIMIT + 0x2000;
    victim.ebp = 0;
    crash_at("middle_body");
    report("a page of the stack is missing");
    says("======== kstackguard 1.0: DOUBLE FAULT, STACK PAGE NOT PRESENT ========");
    says("kernel!middle+0x%x ran into a missing page of stack \"worker\".", offset_in("middle", "middle_body"));
    says("  certain: esp %08x is 2000 above the limit, cr2 %08x is not present", STACK_LIMIT + 0x2000,
         STACK_LIMIT + 0x2000 - 4);

    begin_inside();
    ksg_remove_stack(&crashed.worker);
    report("no stack is registered");
    says("  range:   from the pages around esp: no stack is registered here");

    begin_inside();
    ksg_remove_stack(&crashed.worker);
    crashed.crash.esp0 = STACK_BASE;
    report("esp0 is its base");
    says("  range:   base from esp0, limit from the pages around esp");

    begin_inside();
    ksg_remove_stack(&crashed.worker);
    pieces_add(&victim.pieces, STACK_LIMIT - 0x200000, 0x200000);
    crashed.crash.esp0 = STACK_BASE;
    report("memory below");
    says("           memory goes on below, so the range may be wrong");

    begin_inside();
    ksg_remove_stack(&crashed.worker);
    pieces_add(&victim.pieces, STACK_BASE, 0x200000);
    report("memory above");
    says("           memory goes on above, so the range may be wrong");
    pieces_add(&victim.pieces, STACK_LIMIT - 0x200000, 0x200000);
    report("memory on both sides");
    says("           memory goes on on both sides, so the range may be wrong");
}

/* The stack "upper" is right above worker's guard page; a function was called by middle. */
static void begin_pool(const char *call_by)
{
    begin_inside();
    other = (struct ksg_stack){.name = "upper", .limit = STACK_BASE + 0x1000, .base = STACK_BASE + 0x2000};
    ksg_add_stack(&other);
    crashed.crash.eip = at(call_by);
}

static void test_base(void)
{
    begin_pool("middle_body");
    crashed.crash.esp = STACK_BASE + 12;
    crashed.crash.cr2 = STACK_BASE + 8;
    report("ESP above the base");
    says("======== kstackguard 1.0: KERNEL STACK UNDERFLOW ========");
    says("kernel!middle+0x%x ran off the base of stack \"worker\".", offset_in("middle", "middle_body"));
    says("  certain: esp %08x is c above the base,", STACK_BASE + 12);
    says("           cr2 %08x is in the guard page of stack \"upper\"", STACK_BASE + 8);
    says("  range:   of the stack that ebp is on; the rows begin at ebp");

    crashed.crash.eip = at("switches_switched");
    report("where the function has loaded it");
    says("  likely:  esp %08x is c above the base,", STACK_BASE + 12);

    begin_pool("middle_body");
    crashed.crash.kind = CRASH_ON_DEMAND;
    crashed.crash.esp = STACK_BASE + 12;
    report("on demand");
    says("======== kstackguard 1.0: KERNEL STACK UNDERFLOW ========");
    says("  likely:  esp %08x is c above the base", STACK_BASE + 12);

    begin_pool("middle_body");
    crashed.crash.esp = STACK_BASE;
    crashed.crash.eip = crashed.crash.cr2 = 0;
    store(STACK_BASE - 4, 0);
    crashed.crash.gates[VECTOR_PF] = GATE_EMPTY;
    report("a ret that took the last word");
    says("A ret took the last word of stack \"worker\" and went to 00000000.");
    says("           its first function returned, or this is where it was to begin");
    says("           IDT entry 14 (#PF) %s", verdict_gate_text(GATE_EMPTY));

    begin_pool("middle_body");
    victim.pieces.count = 0; /* the stack is not mapped yet */
    memcpy(pieces_add(&victim.pieces, CODE, code_size()), victim_start, code_size());
    crashed.crash.esp = STACK_BASE;
    crashed.crash.cr2 = STACK_BASE - 4;
    crashed.crash.ebp = STACK_BASE + 0x1800; /* on the other one */
    report("an empty stack");
    says("======== kstackguard 1.0: DOUBLE FAULT, STACK PAGE NOT PRESENT ========");
    says("kernel!middle+0x%x ran into a missing page of stack \"worker\".", offset_in("middle", "middle_body"));
    says("  certain: esp %08x is at the base of stack \"worker\",", STACK_BASE);
}

static bool hook_faults;

static int find_stack(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context;
    (void)esp;
    if (hook_faults)
        longjmp(crashed.guard, 1);
    *found = (struct ksg_stack){.name = "asked", .limit = STACK_LIMIT, .base = STACK_BASE};
    return 1;
}

static void test_hook(void)
{
    static const struct ksg_config config = {.find_stack = find_stack};

    begin_inside();
    ksg_remove_stack(&crashed.worker);
    crashed.machine.config = &config;
    hook_faults = false;
    report("the kernel knows the stack");
    says("  range:   from the kernel's find_stack");
    hook_faults = true;
    report("its hook faults");
    says("  lost:    find_stack: #PF at eip %08x, cr2 %08x", FAULT_EIP, FAULT_ADDRESS);
    crashed.fault_vector = VECTOR_GP;
    report("by #GP");
    says("  lost:    find_stack: #GP at eip %08x", FAULT_EIP);
    hook_faults = false;
    begin_inside();
    ksg_remove_stack(&crashed.worker);
    crashed.machine.config = &config;
    crashed.crash.esp = STACK_BASE + 0x100;
    report("it names a stack below esp");
    says("  facts:   esp %08x is 100 above the base, cr2 00000000 is no failed push", STACK_BASE + 0x100);
    says("  stack:   limit %08x base %08x size %x, 0 of it used", STACK_LIMIT, STACK_BASE, STACK_SIZE);
}

/* --- words that were overwritten --- */

static void test_smashed(void)
{
    uint32_t record;

    begin_inside();
    crashed.crash.ebp = 0x41414141;
    crashed.crash.esp = 0x4141413c;
    crashed.crash.cr2 = 0x41414138;
    report("ESP from an overwritten EBP");
    says("======== kstackguard 1.0: DOUBLE FAULT, SAVED EBP OVERWRITTEN ========");
    says("kernel!middle+0x%x took its esp from an overwritten ebp, text \"AAAA\".", offset_in("middle", "middle_body"));
    says("           ebp 41414141 is on no stack either, and as close as a frame's end");

    begin_inside();
    push(0x41414141);
    locals(0u - 4);
    crash_at_address(0x41414141);
    crashed.crash.cr2 = 0x41414141;
    report("a ret to an overwritten address");
    says("======== kstackguard 1.0: DOUBLE FAULT, RETURN ADDRESS OVERWRITTEN ========");
    says("A return address was overwritten: a ret went to 41414141, text \"AAAA\".");
    says("           eip is no code, and the word below esp is the same: a ret took it");
    says("           there is no memory at eip: #PF");

    begin_inside();
    record = victim.ebp;
    call("middle_leaf");
    enter();
    locals(4);
    store(record, 0x64636261); /* in "..abcd" */
    store(record - 4, 0x7a7a7a7a);
    store(record + 4, at("outer_middle"));
    crash_at("leaf_body");
    crashed.crash.cr2 = 0;
    report("a saved EBP that is text");
    says("           the ebp that kernel!middle saved at %08x", record); /* no room for more */
    says("           is 64636261, in text \"zzzzabcd\"");

    begin_inside();
    record = victim.ebp;
    store(record + 4, 0x64636261);
    report("a return address that is text");
    says("           the return address of kernel!middle at %08x", record + 4);
    says("           is 64636261, in text \"abcd\"");
}

/* --- exceptions that could not be delivered --- */

static void test_undeliverable(void)
{
    begin_inside();
    add_hog();
    crashed.crash.eip = HOG_UD2;
    crashed.crash.gates[VECTOR_UD] = GATE_NOT_PRESENT;
    crashed.crash.gates[VECTOR_NP] = GATE_BEYOND_LIMIT;
    report("ud2, and no gate for it");
    says("======== kstackguard 1.0: DOUBLE FAULT, EXCEPTION NOT DELIVERED ========");
    says("hog!odd+0x0 raised #UD, which could not be delivered.");
    says("           its instruction is ud2: #UD");
    says("           IDT entry 6 (#UD) %s", verdict_gate_text(GATE_NOT_PRESENT));
    says("           IDT entry 11 (#NP) %s", verdict_gate_text(GATE_BEYOND_LIMIT));

    begin_inside();
    add_hog();
    crashed.crash.eip = HOG_STORE;
    crashed.crash.cr2 = 0xdead0000;
    crashed.crash.gates[VECTOR_PF] = GATE_WRONG_TYPE;
    report("a store, and no page-fault gate");
    says("hog!odd+0x6 raised #PF, which could not be delivered.");
    says("           its instruction accesses cr2, which is not present: #PF");

    begin_inside();
    add_hog();
    crashed.crash.eip = HOG_DIVIDE;
    crashed.crash.gates[VECTOR_DE] = GATE_EMPTY;
    report("a division by zero, and no gate");
    says("hog!odd+0x4 raised #DE, which could not be delivered.");
    says("           its instruction divides by zero, or by too little: #DE");

    begin_inside();
    crashed.crash.gates[VECTOR_GP] = crashed.crash.gates[VECTOR_SS] = GATE_BAD_SELECTOR;
    report("gates that are bad, and an instruction that says nothing");
    says("kernel!middle+0x%x raised an exception that could not be delivered.", offset_in("middle", "middle_body"));
    says("           IDT entry 12 (#SS) %s", verdict_gate_text(GATE_BAD_SELECTOR));
    says("           IDT entry 13 (#GP) %s", verdict_gate_text(GATE_BAD_SELECTOR));

    begin_inside();
    for (unsigned vector = 0; vector < VECTOR_COUNT; vector++)
        crashed.crash.gates[vector] = GATE_EMPTY;
    report("no gate is good");
    says("           IDT entry 14 (#PF) %s", verdict_gate_text(GATE_EMPTY));
    says("           IDT entry 0 (#DE) %s", verdict_gate_text(GATE_EMPTY));
    says("           IDT entry 11 (#NP) %s", verdict_gate_text(GATE_EMPTY)); /* the fourth */
    says_not("entry 12");
    says_not("entry 6 ");

    begin_crash();
    victim.esp = STACK_LIMIT;
    crash_at_address(0x10);
    crashed.crash.gates[VECTOR_PF] = GATE_BAD_HANDLER;
    report("the page-fault handler is not there");
    says("======== kstackguard 1.0: DOUBLE FAULT, NO PAGE-FAULT HANDLER ========");
    says("The page-fault handler, 00000010, is not there: its faults filled stack");
    says("\"worker\".");
    says("           IDT entry 14 (#PF) %s", verdict_gate_text(GATE_BAD_HANDLER));
}

static void test_no_verdict(void)
{
    begin_inside();
    add_hog();
    crashed.crash.eip = HOG_INT;
    report("nothing to be seen");
    says("======== kstackguard 1.0: DOUBLE FAULT, CAUSE NOT KNOWN ========");
    says("hog!odd+0x2 ran when it happened.");
    says("  facts:   esp %08x is %x above the limit, cr2 00000000 is no failed push", victim.esp, victim.esp - STACK_LIMIT);
    says("           its instruction is int 2d");

    begin_inside();
    call("outer_pointer");
    crash_at_address(0x10);
    crashed.crash.cr2 = 0x10;
    report("a call to nowhere");
    says("kernel!outer+0x%x, calling 00000010, ran when it happened.", offset_in("outer", "outer_pointer"));

    begin_inside();
    crashed.crash.eip_unknown = true;
    report("EIP does not hold");
    says("Code that is not known ran when it happened.");

    begin_crash();
    crashed.crash.registers_known = false;
    report("nothing is known");
    says("The faulting task's TSS cannot be read.");
    says("**** lost: registers: the faulting task's TSS cannot be read");
    says_not("eax");

    begin_inside();
    add_hog();
    crashed.crash.kind = CRASH_NO_ERROR_CODE;
    crashed.crash.eip = HOG_AFTER_INT_8;
    report("int 8");
    says("======== kstackguard 1.0: DOUBLE FAULT GATE ENTERED, NO DOUBLE FAULT ========");
    says("hog!odd+0xd follows an int 8 instruction.");
    says("  certain: the CPU pushed no error code, which it does for a double fault");

    begin_inside();
    crashed.crash.kind = CRASH_NO_ERROR_CODE;
    report("IRQ 0");
    says("The gate was entered without an error code, as by IRQ 0 at vector 8.");
    says("  likely:  the CPU pushed no error code, which it does for a double fault");
}

/* --- on demand --- */

/* call [ebx], in the middle of the stack. */
static void begin_call(uint32_t ebx)
{
    begin_inside();
    add_hog();
    crashed.crash.kind = CRASH_ON_DEMAND;
    crashed.crash.eip = HOG_DEEP_BODY;
    crashed.crash.ebx = crashed.crash.cr2 = ebx;
}

static void test_guard_page(void)
{
    begin_call(STACK_LIMIT - 8);
    report("an access to the guard page");
    says("======== kstackguard 1.0: WILD ACCESS TO A GUARD PAGE ========");
    says("hog!deep+0x6 accessed the guard page of stack \"worker\".");
    says("  certain: esp %08x is %x above the limit, cr2 %08x in its guard page", victim.esp, victim.esp - STACK_LIMIT,
         STACK_LIMIT - 8);
    says("           its instruction accesses it, but not by way of esp: no overflow");

    begin_call(0xc04ff000);
    add_other(0xc0500000, 0xc0501000);
    report("an access to another stack's");
    says("hog!deep+0x6 accessed the guard page of stack \"other\".");
    crashed.crash.esp = crashed.crash.ebp = 0xd0000000;
    report("from no known stack");
    says("  certain: esp d0000000 is on no known stack,");
    says("           cr2 c04ff000 is in the guard page of stack \"other\"");
    crashed.crash.ebx = 0;
    report("and not by what is known");
    says("======== kstackguard 1.0: KERNEL STACK REPORT ========");

    begin_call(0xc04ff000);
    add_other(0xc0500000, 0xc0501000);
    third = (struct ksg_stack){.name = "third", .limit = 0xc04fe000, .base = 0xc0500000};
    ksg_add_stack(&third);
    report("where a page of a third stack is missing");
    says("======== kstackguard 1.0: KERNEL STACK REPORT ========");

    begin_call(STACK_LIMIT - 8);
    crashed.crash.esp = STACK_LIMIT + 0x18;
    crashed.crash.eip = HOG_SPREAD; /* push ebp */
    report("a push");
    says("======== kstackguard 1.0: KERNEL STACK OVERFLOW ========");
    says("  certain: esp %08x is 18 above the limit, cr2 %08x in its guard page", STACK_LIMIT + 0x18, STACK_LIMIT - 8);
}

static void test_on_demand(void)
{
    uint32_t offset;

    begin_inside();
    offset = offset_in("middle", "middle_body");
    crashed.crash.kind = CRASH_ON_DEMAND;
    report("on demand");
    says("======== kstackguard 1.0: KERNEL STACK REPORT ========");
    says("kernel!middle+0x%x asked for this report.", offset);
    says("  facts:   esp %08x is %x above the limit", victim.esp, victim.esp - STACK_LIMIT);
    strcpy(crashed.crash.reason, "n\1 < 8\r\nnot this");
    report("with a reason");
    says("kernel!middle+0x%x: n? < 8.", offset);
    crashed.crash.cr2 = STACK_LIMIT;
    report("a page fault, and its address is present");
    says("  facts:   esp %08x is %x above the limit, cr2 %08x is present", victim.esp, victim.esp - STACK_LIMIT, STACK_LIMIT);
    crashed.crash.cr2 = STACK_LIMIT - 8;
    report("a page fault in the guard page, by nothing that is known");
    says("======== kstackguard 1.0: WILD ACCESS TO A GUARD PAGE ========");
    says("kernel!middle+0x%x accessed the guard page of stack \"worker\".", offset);
    says("  likely:  esp %08x is %x above the limit, cr2 %08x in its guard page", victim.esp, victim.esp - STACK_LIMIT,
         STACK_LIMIT - 8);
    says("           esp is not near its limit: no overflow");
    says("  reason:  n? < 8");

    begin_inside();
    add_hog();
    crashed.crash.kind = CRASH_ON_DEMAND;
    crashed.crash.eip = HOG_DEEP_BODY; /* call [ebx] */
    report("a page fault at 0");
    says("  facts:   esp %08x is %x above the limit, cr2 00000000 is not present", victim.esp, victim.esp - STACK_LIMIT);
    crashed.crash.ebx = STACK_LIMIT;
    report("none, since ebx leads to memory");
    says("  facts:   esp %08x is %x above the limit", victim.esp, victim.esp - STACK_LIMIT);

    begin_inside();
    call("outer_pointer");
    crash_at_address(0);
    crashed.crash.kind = CRASH_ON_DEMAND;
    crashed.crash.cr2 = 0;
    strcpy(crashed.crash.reason, "page fault");
    report("a call of a null pointer");
    says("kernel!outer+0x%x, calling 00000000: page fault.", offset_in("outer", "outer_pointer"));
    says("  facts:   esp %08x is %x above the limit, cr2 00000000 is not present", victim.esp, victim.esp - STACK_LIMIT);
    crashed.crash.reason[0] = 0;
    report("and nothing is said of it");
    says("kernel!outer+0x%x, calling 00000000, asked for this report.", offset_in("outer", "outer_pointer"));

    begin_inside();
    crashed.crash.kind = CRASH_TRAMPLED;
    crashed.crash.trampled = &crashed.worker;
    report("its own stack is trampled");
    says("======== kstackguard 1.0: KERNEL STACK OVERFLOW ========");
    says("stack \"worker\" was used to its end; kernel!middle+0x%x runs on it.", offset);
    says("           the lowest %x bytes of %08x to %08x are not as painted", PAINT_NEAR_END, STACK_LIMIT, STACK_BASE);
    crashed.crash.untouched = 0x144;
    report("or nearly so");
    says("======== kstackguard 1.0: KERNEL STACK ALMOST USED UP ========");
    says("stack \"worker\" was used to within 144 of its end, or beyond;");
    says("  kernel!middle+0x%x runs on it.", offset);
    says("           the lowest 144 bytes of %08x to %08x are as painted,", STACK_LIMIT, STACK_BASE);
    says("           but a frame may have stepped over them");
    crashed.crash.untouched = 0x1c;
    add_other(0xc0500000, 0xc0501000);
    crashed.crash.trampled = &other;
    report("another stack is trampled");
    says("stack \"other\" was used to its end; kernel!middle+0x%x runs on stack \"worker\".", offset);
    ksg_remove_stack(&crashed.worker);
    crashed.crash.esp = crashed.crash.ebp = 0xd0000000;
    report("another stack, from nowhere");
    says("stack \"other\" was used to its end; kernel!middle+0x%x runs on no known stack.", offset);
}

int main(void)
{
    test_recursion();
    test_few_frames();
    test_large_frame();
    test_frames_from_above();
    test_moved();
    test_kernel_moved();
    test_handler();
    test_user();
    test_spaces();
    test_other_places();
    test_base();
    test_hook();
    test_smashed();
    test_undeliverable();
    test_no_verdict();
    test_on_demand();
    test_guard_page();
    return tap_end();
}
