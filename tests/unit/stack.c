/* Which stack ran out: the registered ones, the host's hook, esp0, the pages around ESP, what is registered farther up, EBP,
   in this order. */
#include "stack.h"

#include <string.h>

#include "../pieces.h"
#include "registry.h"
#include "tap.h"

#define PAGE 4096u

static struct pieces pieces;
static struct machine machine;
static struct code code;
static struct crash crash;
static struct ksg_config config;

static struct ksg_stack low = {.name = "low", .limit = 0xc0001000, .base = 0xc0003000};
static struct ksg_stack high = {.name = "high", .limit = 0xc0003000, .base = 0xc0005000}; /* right above */
static struct ksg_stack far = {.name = "far", .limit = 0xd0000000, .base = 0xd0004000};

/* --- the host's hook, and the guard that it runs under --- */

static uint32_t asked;
static struct ksg_stack answer;
static int answer_status;
static bool hook_faults;

static int find_stack(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context;
    asked = esp;
    *found = answer;
    return answer_status;
}

static bool guard(struct machine *unused, void (*part)(void *), void *argument, struct fault *fault)
{
    (void)unused;
    if (hook_faults) {
        *fault = (struct fault){VECTOR_PF, 0xc0100000, 0x1234};
        return false;
    }
    part(argument);
    return true;
}

/* A crash with these registers; no stack is registered, no hook is there, nothing can be read. */
static void begin(uint32_t esp, uint32_t ebp)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};

    ksg_remove_stack(&low);
    ksg_remove_stack(&high);
    ksg_remove_stack(&far);
    pieces_free(&pieces);
    memset(&machine, 0, sizeof machine);
    memset(&crash, 0, sizeof crash);
    memset(&config, 0, sizeof config);
    machine.memory.find = pieces_find;
    machine.memory.context = &pieces;
    machine.guard = guard;
    machine.config = &config;
    code_open(&code, &empty, 0);
    crash.registers_known = true;
    crash.cs = 8;
    crash.esp = esp;
    crash.ebp = ebp;
    asked = 0;
    answer = (struct ksg_stack){.name = "asked", .limit = 0xe0000000, .base = 0xe0001000};
    answer_status = 1;
    hook_faults = false;
}

static struct stack_range find(void)
{
    struct stack_range range;

    memset(&range, 0xff, sizeof range);
    stack_find(&machine, &code, &crash, &range);
    return range;
}

static bool named(struct text text, const char *name)
{
    return text.length == strlen(name) && memcmp(text.characters, name, text.length) == 0;
}

static void test_registered(void)
{
    static const struct {
        const char *what;
        uint32_t esp, ebp;
        const char *name; /* 0: none */
        enum stack_tie tie;
    } cases[] = {
        {"ESP in it", 0xc0002000, 0, "low", TIE_INSIDE},
        {"ESP at its limit: full", 0xc0001000, 0xc0001010, "low", TIE_INSIDE},
        {"ESP at one's limit and the other's base", 0xc0003000, 0xc0003010, "high", TIE_INSIDE},
        {"the same with a useless EBP", 0xc0003000, 0, "high", TIE_INSIDE},
        {"the same with EBP in the lower one: it is empty", 0xc0003000, 0xc0002ff0, "low", TIE_INSIDE},
        {"ESP at its base alone", 0xc0005000, 0, "high", TIE_INSIDE},
        {"ESP a little below its limit", 0xcfffff00, 0, "far", TIE_INSIDE},
        {"ESP below its limit by more than a page", 0xcfff1000, 0, "far", TIE_NEARBY},
        {"ESP far below all limits", 0xcff00000, 0, 0, TIE_INSIDE},
        {"ESP far below, and EBP in it", 0xcff80000, 0xd0000010, "far", TIE_EBP_ONLY},
        {"ESP 0, and EBP in it", 0, 0xd0000010, "far", TIE_EBP_ONLY},
        {"ESP 0, and an odd EBP in it", 0, 0xd0000011, 0, TIE_INSIDE},
        {"ESP a little above its base", 0xd0004004, 0, "far", TIE_ABOVE},
        {"ESP above all", 0xd0004044, 0, 0, TIE_INSIDE},
        {"ESP nowhere", 0x12345678, 0x12345678, 0, TIE_INSIDE},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stack_range range;
        bool right;

        begin(cases[i].esp, cases[i].ebp);
        ksg_add_stack(&low);
        ksg_add_stack(&far);
        ksg_add_stack(&high);
        range = find();
        right = cases[i].name ? range.source == STACK_REGISTERED && named(range.name, cases[i].name)
                              : range.source == STACK_NOT_FOUND && range.limit == 0 && range.base == 0;
        right = right && range.tie == cases[i].tie && range.pointer == cases[i].esp &&
                range.from == (range.tie == TIE_EBP_ONLY ? cases[i].ebp : cases[i].esp);
        ok(right, "registered: %s", cases[i].what);
    }
}

/* Two stacks with a guard page between: ESP at the lower one's base, or in that page. */
static void test_pool(void)
{
    static struct ksg_stack lower = {.name = "lower", .limit = 0xc0001000, .base = 0xc0003000};
    static struct ksg_stack upper = {.name = "upper", .limit = 0xc0004000, .base = 0xc0006000};
    static const struct {
        const char *what;
        uint32_t esp, ebp;
        const char *name;
        enum stack_tie tie;
        bool top;
    } cases[] = {
        {"ESP at a base: its stack is empty", 0xc0003000, 0, "lower", TIE_INSIDE, true},
        {"the same with EBP in it", 0xc0003000, 0xc0002ff0, "lower", TIE_INSIDE, true},
        {"the same with EBP on the other one", 0xc0003000, 0xc0005ff0, "upper", TIE_EBP_ONLY, true},
        {"ESP a little above a base", 0xc0003010, 0, "lower", TIE_ABOVE, true},
        {"the same with an odd EBP", 0xc0003010, 0xc0002ff1, "lower", TIE_ABOVE, true},
        {"the same with EBP in the stack", 0xc0003010, 0xc0002ff0, "lower", TIE_ABOVE, true},
        {"the same with EBP in the one above", 0xc0003010, 0xc0005ff0, "upper", TIE_INSIDE, false},
        {"farther above, and EBP tells nothing", 0xc0003044, 0, "upper", TIE_INSIDE, false},
        {"farther above, and EBP in the stack", 0xc0003044, 0xc0002ff0, "lower", TIE_ABOVE, true},
    };
    struct stack_range range;

    begin(0, 0);
    ksg_add_stack(&lower);
    ksg_add_stack(&upper);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool from_ebp = cases[i].tie != TIE_INSIDE && cases[i].ebp && !(cases[i].ebp & 3);

        crash.esp = cases[i].esp;
        crash.ebp = cases[i].ebp;
        range = find();
        ok(named(range.name, cases[i].name) && range.tie == cases[i].tie &&
               range.top == (cases[i].top ? &lower : 0) && range.from == (from_ebp ? cases[i].ebp : cases[i].esp),
           "pool: %s", cases[i].what);
    }
    crash.esp = 0xc0003010;
    crash.ebp = 0xc0002ff0;
    pieces_add(&pieces, 0xc0003000, PAGE);
    range = find();
    ok(named(range.name, "upper"), "pool: ESP above a base, but in memory that is there");
    crash.cs = 0x1b;
    crash.esp0 = 0xc0003000;
    crash.ebp = 0xc0005ff0;
    range = find();
    ok(named(range.name, "lower") && range.tie == TIE_INSIDE && range.from == 0xc0003000, "pool: esp0 at a base");
    ksg_remove_stack(&lower);
    ksg_remove_stack(&upper);
}

static void test_registered_order(void)
{
    struct stack_range range;

    begin(0xc0002000, 0);
    ksg_add_stack(&low);
    config.find_stack = find_stack;
    crash.esp0 = 0xc0003000;
    range = find();
    ok(range.source == STACK_REGISTERED && range.limit == 0xc0001000 && range.base == 0xc0003000 && asked == 0,
       "who is registered need not be asked for");

    begin(0xc0002000, 0);
    ksg_add_stack(&low);
    low.base = 0xc0004000; /* trampled */
    range = find();
    ok(range.source == STACK_NOT_FOUND, "an entry that changed since does not count");
    low.base = 0xc0003000;

    begin(0xbfff0000, 0x08050000);
    ksg_add_stack(&low);
    crash.cs = 0x1b;
    crash.esp0 = 0xc0001004;
    range = find();
    ok(range.source == STACK_REGISTERED && named(range.name, "low") && range.pointer == 0xc0001004,
       "from user mode it is the stack of esp0");

    begin(0xc0002000, 0);
    ksg_add_stack(&low);
    crash.registers_known = false;
    ok(find().source == STACK_NOT_FOUND, "without registers there is none");
}

static void test_hook(void)
{
    struct stack_range range;

    begin(0xe0000800, 0);
    config.find_stack = find_stack;
    crash.esp0 = 0xe0001000;
    range = find();
    ok(range.source == STACK_HOOK && named(range.name, "asked") && range.limit == 0xe0000000 && range.base == 0xe0001000 &&
           asked == 0xe0000800 && !range.hook_faulted,
       "the hook is asked before esp0 counts");

    answer_status = 0;
    ok(find().source != STACK_HOOK, "it may not know");
    answer_status = 1;
    answer.base = answer.limit;
    ok(find().source != STACK_HOOK, "an empty stack is no answer");
    answer.base = 0xe0001002;
    ok(find().source != STACK_HOOK, "nor is one at an odd address");
    hook_faults = true;
    range = find();
    ok(range.source != STACK_HOOK && range.hook_faulted && range.hook_fault.address == 0x1234, "a fault in it is noted");
}

static void test_esp0(void)
{
    struct stack_range range;

    begin(0xc0002100, 0);
    crash.esp0 = 0xc0003ffe;
    pieces_add(&pieces, 0xc0001000, 3 * PAGE);
    range = find();
    ok(range.source == STACK_ESP0 && range.base == 0xc0003ffc && range.limit == 0xc0001000 && !range.limit_unknown,
       "esp0 is the base, the limit is where the pages end");

    begin(0xc0004000, 0);
    crash.esp0 = 0xc0004000;
    pieces_add(&pieces, 0xc0001000, 3 * PAGE);
    range = find();
    ok(range.source == STACK_ESP0 && range.limit == 0xc0001000, "also when ESP is the base itself");

    begin(0xc0002000, 0);
    crash.esp0 = 0xc0001ffc;
    pieces_add(&pieces, 0xc0001000, 3 * PAGE);
    ok(find().source == STACK_PROBED, "an ESP above esp0 is on some other stack");

    begin(0xc0001100, 0);
    crash.esp0 = 0xc0004000;
    pieces_add(&pieces, 0xc0001000, PAGE);
    pieces_add(&pieces, 0xc0003000, PAGE);
    range = find();
    ok(range.source == STACK_PROBED && range.base == 0xc0002000, "and so is one with a missing page in between");

    begin(0xc0002000, 0);
    crash.esp0 = 0xc0400000;
    pieces_add(&pieces, 0xc0001000, 3 * PAGE);
    ok(find().source == STACK_PROBED, "and one far below it, too");

    begin(0xc0300000, 0);
    crash.esp0 = 0xc0300ff0;
    pieces_add(&pieces, 0xc0100000, 0x201000);
    range = find();
    ok(range.source == STACK_ESP0 && range.limit_unknown && 0xc0300000 - range.limit <= 0x100000,
       "after 1 MiB of pages the search for the limit ends");
}

static void test_probing(void)
{
    struct stack_range range;

    begin(0xc0002104, 0);
    pieces_add(&pieces, 0xc0001000, 3 * PAGE);
    range = find();
    ok(range.source == STACK_PROBED && range.limit == 0xc0001000 && range.base == 0xc0004000 && !range.limit_unknown &&
           !range.base_unknown,
       "the pages around ESP");

    begin(0xc0001000, 0);
    pieces_add(&pieces, 0xc0001000, PAGE);
    range = find();
    ok(range.limit == 0xc0001000 && range.base == 0xc0002000, "with ESP at the limit");

    begin(0xc0200000, 0);
    pieces_add(&pieces, 0xc0000000, 0x400000);
    range = find();
    ok(range.source == STACK_PROBED && range.limit_unknown && range.base_unknown && range.base - range.limit <= 0x202000,
       "at most 1 MiB to each side, and said so");

    begin(0xfffff100, 0);
    pieces_add(&pieces, 0xffffe000, 2 * PAGE - 1);
    range = find();
    ok(range.source == STACK_PROBED && range.limit == 0xffffe000 && range.base >= 0xfffff000, "at the end of the address space");

    begin(PAGE + 0x800, 0);
    pieces_add(&pieces, 0, 2 * PAGE);
    range = find();
    ok(range.source == STACK_PROBED && range.limit == PAGE && range.base == 2 * PAGE, "and at its start, but for page 0");

    begin(0, 0);
    pieces_add(&pieces, 0, 2 * PAGE);
    ok(find().source == STACK_NOT_FOUND, "which is no stack, mapped or not");

    begin(0xbffff800, 0);
    ksg_add_stack(&low);
    pieces_add(&pieces, 0xbffff000, PAGE);
    range = find();
    ok(range.source == STACK_PROBED, "the pages around ESP count more than a stack that is only the next above");

    begin(0xc0002104, 0);
    ok(find().source == STACK_NOT_FOUND, "where ESP points to nothing there is no stack");
}

/* --- where a guess has to stop --- */

#define TEXT 0xc0200000u /* four pages of code, */
#define HERE 0xc0210100u /* and an ESP behind it, in the midst of memory that has no end */

static uint8_t *memory;

static void store(uint32_t address, uint32_t word)
{
    memcpy(memory + (address - 0xc0000000), &word, sizeof word);
}

/* A direct call of target; returns its return address. */
static uint32_t store_call(uint32_t site, uint32_t target)
{
    memory[site - 0xc0000000] = 0xe8;
    store(site + 1, target - (site + 5));
    return site + 5;
}

static void begin_boundless(uint32_t ebp)
{
    begin(HERE, ebp);
    memory = pieces_add(&pieces, 0xc0000000, 0x800000);
    crash.eip = TEXT;
}

static void test_bounds(void)
{
    static const struct ksg_range own[] = {{0xc0205000, 0xc0206800}, {HERE, HERE + 4}, {0xc0218800, 0xc0219000}};
    struct stack_range range;

    begin_boundless(0);
    range = find();
    ok(range.source == STACK_PROBED && range.limit_unknown && range.base_unknown && range.limit == 0xc020f000 &&
           range.base == 0xc0211000,
       "where nothing ends, a page more than is in use, and the page that is");

    begin_boundless(HERE + 0x20);
    store(HERE + 0x20, HERE + 0x1f00);
    store(HERE + 0x24, store_call(TEXT + 0x1000, TEXT));
    store(HERE + 0x1f04, store_call(TEXT + 0x2000, TEXT + 0x1000));
    ok(find().base == 0xc0213000, "a chain of records tells where it ends");
    store(HERE + 0x1f04, 0x1234);
    ok(find().base == 0xc0211000, "as far as its return addresses are such");
    store(HERE + 0x20, HERE + 0x9000);
    ok(find().base == 0xc0211000, "and its frames no larger than frames are");

    begin_boundless(0);
    store(HERE + 0x40, store_call(TEXT + 0x1000, TEXT));
    store(HERE + 0xf40, store_call(TEXT + 0x2000, TEXT + 0x1000));
    ok(find().base == 0xc0212000, "so do return addresses that are not far apart");
    begin_boundless(0);
    store(HERE + 0x1010, store_call(TEXT + 0x2000, TEXT + 0x1000));
    ok(find().base == 0xc0211000, "those that are do not");
    begin_boundless(0);
    store(HERE + 0xf40, store_call(TEXT + 0x2000, 0xd0000000));
    ok(find().base == 0xc0211000, "nor one behind a call to where nothing is");

    begin_boundless(0);
    crash.eip = HERE - 0x1000;
    ok(find().limit == 0xc0210000, "the page that eip is in is no stack");
    crash.eip = HERE + 0x1000;
    ok(find().base == 0xc0211000, "above it, either");
    begin_boundless(0);
    store(HERE, store_call(HERE - 0x1000, TEXT));
    ok(find().limit == 0xc0210000, "nor is one that a return address leads to");
    begin_boundless(0);
    store(HERE, store_call(TEXT, HERE - 0x1000));
    ok(find().limit == 0xc0210000, "or that its call led to");

    begin_boundless(HERE + 0x20);
    machine.own = own;
    machine.own_count = 3;
    store(HERE + 0x20, 0);
    store(HERE + 0x24, store_call(TEXT + 0x1000, TEXT));
    ok(find().limit == 0xc020f000 && find().base == 0xc0211000, "the module itself, far off, makes no difference");
    crash.esp = 0xc0206900;
    crash.ebp = 0;
    ok(find().source == STACK_NOT_FOUND, "where some of the page is the module there is no stack");
    crash.esp = 0xc0207004;
    ok(find().limit == 0xc0207000, "nor is the page below one of it");
    crash.esp = 0xc0217800;
    crash.ebp = 0xc0217ff8;
    store(0xc0217ff8, 0);
    store(0xc0217ffc, store_call(TEXT + 0x1000, TEXT));
    ok(find().base == 0xc0218000, "nor the one above");

    begin_boundless(0);
    crash.esp0 = HERE + 0x2000;
    ok(find().source == STACK_ESP0, "esp0 is the base");
    crash.eip = HERE + 0x1000;
    ok(find().source == STACK_PROBED, "but not where code is in between");

    begin_boundless(0);
    crash.cs = 0x1b;
    crash.esp0 = HERE;
    crash.eip = HERE - 0x1000;
    ok(find().limit == 0xc020f000, "where user mode is does not matter");
}

int main(void)
{
    test_registered();
    test_pool();
    test_registered_order();
    test_hook();
    test_esp0();
    test_probing();
    test_bounds();
    return tap_end();
}
