/* Reports of which something is lost: each loss is named, costs no more than its part, and the report is whole. */
#include "hog.h"

#include "facts.h"

#define ROWS "  Memory ChildEBP RetAddr"
#define MODULES "used by module"
#define FRAMES "biggest frames"
#define PARTS_LEAST 15 /* that a report has, each under a guard */

/* --- parts that fault --- */

static void test_parts(void)
{
    static const struct {
        const char *name, *line;
    } parts[] = {{"headline", "kernel!middle"}, {"registers", "eax"},     {"rows", ROWS},     {"modules", MODULES},
                 {"functions", "used by function"}, {"frames", FRAMES}};

    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        begin_inside();
        crashed.fault_behind = parts[i].line;
        report(parts[i].name);
        says("**** lost: %s: #PF in the handler at eip %08x, cr2 %08x", parts[i].name, FAULT_EIP, FAULT_ADDRESS);
        for (unsigned k = 0; k < sizeof parts / sizeof parts[0]; k++)
            if (!strstr(crashed.text, parts[k].line))
                ok(false, "%s was lost, and %s as well", parts[i].name, parts[k].name);
    }
}

static void test_resume(void)
{
    begin_inside();
    crashed.double_fault_behind = ROWS;
    report("a second double fault");
    says("**** lost: rows: #DF in the handler at eip %08x", FAULT_EIP);
    says_not("walk ended");
    says("used by module      bytes    %%  frames  entered");

    begin_inside();
    crashed.double_fault_behind = ROWS;
    crashed.fault_behind = MODULES;
    report("and a part that faults behind it");
    says("**** lost: rows: #DF in the handler at eip %08x", FAULT_EIP);
    says("**** lost: modules: #PF in the handler at eip %08x, cr2 %08x", FAULT_EIP, FAULT_ADDRESS);
}

/* --- parts that fault before the first line --- */

static unsigned finds_left;

static bool find_until(struct memory *memory, uint32_t address, struct window *window)
{
    if (finds_left > 0 && --finds_left == 0)
        longjmp(crashed.guard, 1);
    return pieces_find(memory, address, window);
}

static bool faulty_stack;

/* Every read of the stack faults, or every other one. */
static bool find_elsewhere(struct memory *memory, uint32_t address, struct window *window)
{
    if ((address - STACK_LIMIT < STACK_SIZE) == faulty_stack)
        longjmp(crashed.guard, 1);
    return pieces_find(memory, address, window);
}

static void test_early(void)
{
    bool whole = true;

    /* Each read of memory faults once: what was tried then is tried again. */
    for (unsigned n = 1; n < 200; n++) {
        begin_inside();
        crashed.machine.memory.find = find_until;
        finds_left = n;
        whole &= report_whole();
        if (finds_left > 0)
            break;
    }
    ok(whole, "whichever read of memory faults, the report is whole");
    begin_inside();
    crashed.machine.memory.find = find_elsewhere;
    faulty_stack = false;
    report("every read of code faults");
    says("**** lost: stack: #PF in the handler at eip %08x, cr2 %08x", FAULT_EIP, FAULT_ADDRESS);
    begin_inside();
    crashed.machine.memory.find = find_elsewhere;
    faulty_stack = true;
    report("every read of the stack faults");
    says("**** lost: stack: #PF in the handler at eip %08x, cr2 %08x", FAULT_EIP, FAULT_ADDRESS);
}

static void fault_at_next_read(struct scene *scene)
{
    scene->machine->memory.data = (struct window){0, 0, 0};
    finds_left = 1;
}

/* The text around an overwritten word is read when half of its line is there. */
static void test_half_a_line(void)
{
    begin_inside();
    store(victim.ebp + 4, 0x64636261);
    finds_left = 0;
    crashed.machine.memory.find = find_until;
    crashed.call_behind = "  facts:";
    crashed.call = fault_at_next_read;
    report("a fault in the middle of a line");
    says("           the return address of kernel!middle at %08x is 64636261", victim.ebp + 4);
    says("**** lost: headline: #PF in the handler at eip %08x, cr2 %08x", FAULT_EIP, FAULT_ADDRESS);
}

/* --- facts --- */

static void spoil_crash(struct scene *scene)
{
    scene->crash.esi ^= 0x100;
}

static void spoil_stack(struct scene *scene)
{
    (void)scene;
    store(STACK_BASE - 0x20, load(STACK_BASE - 0x20) ^ 4);
}

static void clear_stack(struct scene *scene)
{
    (void)scene;
    for (uint32_t at = victim.esp; at < STACK_BASE; at += 4)
        store(at, 0);
}

static void test_changes(void)
{
    const char *rows_lost;

    begin_inside();
    crashed.crash.esi = 0x11223344;
    crashed.call_behind = "kernel!middle";
    crashed.call = spoil_crash;
    report("the registers are overwritten meanwhile");
    says("**** lost: headline: what it rests on was overwritten meanwhile");
    says("esi 11223344 edi 00000000 ebp %08x esp %08x  cr2 00000000  tr 0000", victim.ebp, victim.esp);

    begin_inside();
    crashed.call_behind = FRAMES;
    crashed.call = spoil_stack;
    report("the stack changes meanwhile");
    says("**** lost: stack: it has changed meanwhile");

    begin_inside();
    crashed.call_behind = ROWS;
    crashed.call = clear_stack;
    report("and its frames are gone");
    rows_lost = strstr(crashed.text, "**** lost: rows: what it rests on was overwritten meanwhile");
    ok(rows_lost && strstr(rows_lost + 1, "**** lost: rows: "),
       "the rows are not those of the totals, nor the rehearsed ones");
}

static void test_handler_stack(void)
{
    begin_inside();
    crashed.stack_used = HANDLER_STACK;
    report("the handler's own stack was used up");
    says("**** lost: handler's stack: used to its end, or its lowest word overwritten");
}

static void test_facts(void)
{
    uint32_t words[] = {1, 2, 3, 4}, copy[4];
    uint32_t check = facts_keep(words, copy, 4);

    ok(facts_whole(words, 4, check), "facts are whole");
    words[2] = 7;
    ok(!facts_whole(words, 4, check), "or are not");
    ok(facts_restore(words, copy, 4, check) && words[2] == 3 && facts_whole(words, 4, check), "and are made good");
    words[1] = copy[3] = 9;
    ok(!facts_restore(words, copy, 4, check), "unless the copy is damaged, too");
}

/* --- whatever happens, at any moment --- */

static struct scene *scene_of_last; /* the same in each report */
static unsigned moments_left;
static void (*at_moment)(void);

/* Guards, and looks for memory, are the moments at which something happens. */
static void next_moment(void)
{
    if (moments_left > 0 && --moments_left == 0)
        at_moment();
}

static bool guard_at_moment(struct machine *machine, void (*part)(void *), void *argument, struct fault *fault)
{
    next_moment();
    return guard_crashed(machine, part, argument, fault);
}

static bool find_at_moment(struct memory *memory, uint32_t address, struct window *window)
{
    next_moment();
    return pieces_find(memory, address, window);
}

static void note_scene(struct scene *scene)
{
    scene_of_last = scene;
}

static void overwrite_registers(void)
{
    scene_of_last->crash.esi ^= 0x100;
}

static void fault_again(void)
{
    longjmp(crashed.whole, 1);
}

/* The report of the same crash, of a stack with a word overwritten, when that happens at this moment. False:
   it has fewer. */
static bool report_until(unsigned number, void (*happens)(void), bool *whole)
{
    begin_inside();
    crashed.crash.esi = 0x11223344;
    store(victim.ebp + 4, 0x64636261);
    crashed.machine.guard = guard_at_moment;
    crashed.machine.memory.find = find_at_moment;
    moments_left = number;
    at_moment = happens;
    *whole &= report_whole();
    return moments_left == 0;
}

static void test_each_moment(void)
{
    bool whole = true, told = true;
    unsigned number;

    begin_inside();
    crashed.call_behind = "========";
    crashed.call = note_scene;
    report("nothing happens");
    for (number = 1; report_until(number, overwrite_registers, &whole); number++)
        told &= strstr(crashed.text, "\nesi 11223344 ") ||
                has_line("**** lost: registers: what it rests on was overwritten meanwhile");
    ok(number > PARTS_LEAST && whole, "whenever the registers are overwritten, the report is whole");
    ok(told, "and says what they were, or that it does not know");
    for (number = 1; report_until(number, fault_again, &whole); number++)
        told &= strstr(crashed.text, ": #DF in the handler at eip ") != 0;
    ok(number > PARTS_LEAST && whole, "whenever there is a second double fault, the report is whole");
    ok(told, "and names what it cost");
}

/* --- what the host registered --- */

static struct ksg_stack stacks[4];

static void add_stacks(void)
{
    for (unsigned i = 0; i < 4; i++) {
        stacks[i] = (struct ksg_stack){.name = "more", .limit = 0xc1000000 + i * 0x1000, .base = 0xc1000800 + i * 0x1000};
        ksg_add_stack(&stacks[i]);
    }
}

static unsigned count_stacks(void)
{
    unsigned count = 0;

    for (const struct ksg_stack *stack = registry_stacks(); stack; stack = stack->next)
        count++;
    return count;
}

static void test_registered(void)
{
    static uint32_t no_table[16];

    begin_inside();
    add_stacks();
    crashed.fault_nested = 3; /* the guard of the third look at a stack */
    report("a stack cannot be read");
    says("**** lost: registered stacks: 1 damaged, and all behind");
    ok(count_stacks() == 2, "what is before it is still there");

    begin_inside();
    crashed.fault_nested = 3; /* one look at the stack, one at the module, one at its symbols */
    report("a module's symbols cannot be read");
    says("**** lost: symbols of registered modules: 1 damaged");
    says("kernel+0x%x ran when it happened.", at("middle_body") - CODE);

    begin_inside();
    add_stacks();
    stacks[1].base += 4;
    report("a stack is damaged");
    says("**** lost: registered stacks: 1 damaged");
    ok(count_stacks() == 4, "the others are still there");

    begin_inside();
    add_stacks();
    stacks[1].base += 4;
    stacks[2].limit += 4;
    report("two in a row are");
    says("**** lost: registered stacks: 1 damaged, and all behind"); /* the second among them */
    ok(count_stacks() == 2, "what is before them is still there");

    begin_inside();
    add_stacks();
    stacks[3].next = &stacks[1];
    report("the list leads in a circle");
    says("**** lost: registered stacks: 0 damaged, and all behind");

    begin_inside();
    add_stacks();
    stacks[1].next = 0;
    report("the list ends before its end");
    says("**** lost: registered stacks: 0 damaged, and all behind");
    ok(!strstr(crashed.text, "lost: changes") && count_stacks() == 3, "what is before it is still there");

    begin_inside();
    add_stacks();
    crashed.worker.next = 0;
    crashed.worker.limit += 4;
    crashed.crash.esp = 0xd0000000;
    crashed.crash.cr2 = crashed.crash.esp - 4;
    crashed.crash.ebp = 0;
    report("the stack may be the damaged one");
    says("======== kstackguard 1.0: DOUBLE FAULT, ESP ON NO STACK ========");
    says("  likely:  esp d0000000 is on no known stack, cr2 cffffffc is not present");

    begin_inside();
    crashed.kernel.symbols_offset = 4;
    report("a module is damaged");
    says("**** lost: registered modules: 1 damaged");
    says("0x%x ran when it happened.", at("middle_body"));

    begin_inside();
    add_hog();
    hog.module.symbols = no_table;
    ksg_remove_module(&hog.module);
    hog.module.symbols = hog.symbols;
    ksg_add_module(&hog.module);
    ((struct symbols_header *)hog.symbols)->crc++;
    report("a module's symbols are");
    ((struct symbols_header *)hog.symbols)->crc--;
    says("**** lost: symbols of registered modules: 1 damaged");

    begin_inside();
    crashed.machine.config_damaged = true;
    report("the configuration is damaged");
    says("**** lost: configuration: damaged; COM1, 115200 baud, no hooks");
}

/* Its functions are known already, and then their names are gone. */
static void spoil_symbols(struct scene *scene)
{
    (void)scene;
    ((struct symbols_header *)hog.symbols)->magic++;
}

static void test_names_lost(void)
{
    begin_inside();
    add_hog();
    crash_at_address(HOG_INT);
    crashed.crash.cr2 = 0;
    crashed.call_behind = "======== kstackguard";
    crashed.call = spoil_symbols;
    report("a module's symbols are damaged meanwhile");
    ((struct symbols_header *)hog.symbols)->magic--;
    says("       0 %08x 00000000 hog+0x%x", victim.esp - 4, HOG_INT - HOG);
    says("**** lost: symbols of registered modules: 1 damaged");

    begin_inside();
    add_hog();
    crash_at_address(HOG_LONG);
    crashed.crash.cr2 = 0;
    crashed.call_behind = ROWS;
    crashed.call = spoil_symbols;
    report("while a function is known whose name is too long to be kept");
    ((struct symbols_header *)hog.symbols)->magic--;
    says("       0 %08x 00000000 hog+0x%-31xframeless", victim.esp - 4, HOG_LONG - HOG); /* no longer its name */
    says("**** lost: rows: what it rests on was overwritten meanwhile");
    says("**** lost: symbols of registered modules: 1 damaged");
}

static void test_statuses(void)
{
    struct ksg_stack odd = {.limit = 0x1001, .base = 0x2000}, empty = {.limit = 0x1000, .base = 0x1000};
    struct ksg_range backward = {0x2000, 0x1000};
    struct ksg_module module = {.name = "module", .ranges = &backward, .range_count = 1};

    begin_crash();
    ok(ksg_add_stack(0) == KSG_NULL && ksg_remove_stack(0) == KSG_NULL, "no stack");
    ok(ksg_add_stack(&odd) == KSG_BAD_STACK && ksg_add_stack(&empty) == KSG_BAD_STACK, "an odd or empty stack");
    ok(ksg_add_stack(&crashed.worker) == KSG_ALREADY_ADDED, "a stack twice");
    ok(ksg_remove_stack(&odd) == KSG_NOT_ADDED, "a stack that is not there");
    ok(ksg_add_module(0) == KSG_NULL && ksg_remove_module(0) == KSG_NULL, "no module");
    ok(ksg_add_module(&module) == KSG_BAD_MODULE, "a range that leads backward");
    module.range_count = 0;
    ok(ksg_add_module(&module) == KSG_BAD_MODULE, "no range");
    module.ranges = 0;
    ok(ksg_add_module(&module) == KSG_NULL, "nor a pointer to one");
    backward = (struct ksg_range){0x1000, 0x2000};
    module.ranges = &backward;
    module.range_count = REGISTRY_RANGES + 1;
    ok(ksg_add_module(&module) == KSG_BAD_MODULE, "more ranges than are checked");
    module.range_count = 1;
    module.symbols = stacks;
    ok(ksg_add_module(&module) == KSG_BAD_SYMBOLS, "symbols that are none");
    ok(ksg_remove_module(&module) == KSG_NOT_ADDED, "a module that is not there");
    ok(ksg_add_module(&crashed.kernel) == KSG_ALREADY_ADDED, "a module twice");
}

int main(void)
{
    test_parts();
    test_resume();
    test_early();
    test_half_a_line();
    test_changes();
    test_each_moment();
    test_handler_stack();
    test_facts();
    test_registered();
    test_names_lost();
    test_statuses();
    return tap_end();
}
