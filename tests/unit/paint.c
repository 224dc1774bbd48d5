/* Painted stacks, live in the low 4 GiB of this program: how deep they got, and who went to their end. */
#define _XOPEN_SOURCE 700 /* for a signal's own stack */

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "crashed.h"
#include "paint.h"

#define LOW 0x30000000u /* nothing else of a program lies there */
#define SIZE 0x1000u
#define OWN_SIZE 0x40000u /* of a stack that this program itself runs on for a while */

/* Two stacks of memory that is there. */
static struct ksg_stack stacks[2];

/* Where it is mapped the module's addresses are this program's. */
static bool map_low(void)
{
    int zeros = open("/dev/zero", O_RDWR);
    void *wanted = (void *)(uintptr_t)LOW;
    void *got = mmap(wanted, 2 * SIZE + OWN_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, zeros, 0);

    close(zeros);
    return got == wanted;
}

static uint32_t *word_at(uint32_t address)
{
    return (uint32_t *)(uintptr_t)address;
}

/* What is mapped at LOW, but for what is hidden: from there on, nothing. */
static uint32_t hidden_from;

static bool find(struct memory *memory, uint32_t address, struct window *window)
{
    (void)memory;
    *window = (struct window){(const uint8_t *)word_at(LOW), LOW, hidden_from - LOW};
    return address - LOW < hidden_from - LOW;
}

static uint32_t depth_of(const struct ksg_stack *stack)
{
    struct memory memory = {.find = find};
    uint32_t depth = 0;

    return paint_is_on(stack) && paint_high_water(&memory, stack, &depth) ? depth : 0;
}

static int tell(const void *context, const struct ksg_stack *stack, uint32_t untouched);

static int check(const void *context)
{
    struct memory memory = {.find = find};

    return paint_check(&memory, tell, context);
}

static void begin_painted(void)
{
    begin_crash();
    hidden_from = LOW + 2 * SIZE + OWN_SIZE;
    for (unsigned i = 0; i < 2; i++) {
        stacks[i] = (struct ksg_stack){.name = i ? "second" : "first", .limit = LOW + i * SIZE, .base = LOW + (i + 1) * SIZE};
        memset(word_at(stacks[i].limit), 0, SIZE);
        ksg_add_stack(&stacks[i]);
    }
}

/* The report reads what is there. */
static void show_memory(void)
{
    victim.pieces.list[victim.pieces.count++] = (struct window){(const uint8_t *)word_at(LOW), LOW, 2 * SIZE};
}

static void hide_memory(void)
{
    victim.pieces.count--;
}

static void test_high_water(void)
{
    struct ksg_stack unknown = {.limit = LOW, .base = LOW + SIZE};

    begin_painted();
    ok(ksg_paint(0) == KSG_NULL && ksg_paint(&unknown) == KSG_NOT_ADDED, "a stack that is none, or not registered");
    ok(depth_of(&stacks[0]) == 0, "nothing is known of one that was not painted");
    ok(ksg_paint(&stacks[0]) == KSG_OK && depth_of(&stacks[0]) == 0, "a painted one was not used");
    *word_at(stacks[0].base - 0x40) = 1;
    ok(depth_of(&stacks[0]) == 0x40, "its use is from the base to the last word that was written");
    *word_at(stacks[0].base - 0x400) = 0;
    ok(depth_of(&stacks[0]) == 0x400, "whatever that was");
    *word_at(stacks[0].limit) = 0;
    ok(depth_of(&stacks[0]) == SIZE, "to its end");
    hidden_from = LOW;
    ok(depth_of(&stacks[0]) == 0, "one that cannot be read tells nothing");
}

static unsigned told;
static uint32_t told_untouched;
static const struct ksg_stack *told_of;

/* context: the status of the report. */
static int tell(const void *context, const struct ksg_stack *stack, uint32_t untouched)
{
    told++;
    told_of = stack;
    told_untouched = untouched;
    return *(const int *)context;
}

static const int good = KSG_OK, missing = KSG_NOT_INSTALLED, busy = KSG_BUSY;

/* So many calls look at each word. */
static int check_all(void)
{
    int status = check(&good);

    for (unsigned i = 1; i < 8 && status == KSG_OK; i++)
        status = check(&good);
    return status;
}

static void test_canary(void)
{
    bool found = true, known = true;

    begin_painted();
    for (uint32_t at = 0; at < KSG_CANARY_SIZE; at += 4) {
        ksg_paint(&stacks[0]);
        *word_at(stacks[0].limit + at) = 0;
        found = found && (at < 32 ? check(&good) : check_all()) == KSG_STACK_TRAMPLED;
        known = known && told_untouched == at;
    }
    ok(found, "each word of the canary is looked at in eight calls, the lowest eight at each");
    ok(known, "what lies below it is still as painted");
    ksg_paint(&stacks[0]);
    *word_at(stacks[0].limit + KSG_CANARY_SIZE) = 0;
    ok(check_all() == KSG_OK, "a word above the canary is used as it should be");

    ksg_remove_stack(&stacks[0]);
    stacks[0].base = stacks[0].limit + 0x400;
    ksg_add_stack(&stacks[0]);
    ksg_paint(&stacks[0]);
    *word_at(stacks[0].limit + 0x80) = 0;
    ok(check_all() == KSG_OK, "of a small stack the canary is an eighth");
    *word_at(stacks[0].limit + 0x7c) = 0;
    ok(check_all() == KSG_STACK_TRAMPLED, "which ends there");

    ksg_remove_stack(&stacks[0]);
    stacks[0].base = stacks[0].limit + 0x10;
    ksg_add_stack(&stacks[0]);
    ksg_paint(&stacks[0]);
    ok(check_all() == KSG_OK, "of a tiny one it is all of it, and no more");
    *word_at(stacks[0].limit + 0xc) = 0;
    ok(check(&good) == KSG_STACK_TRAMPLED, "to the last word");
}

static void test_check(void)
{
    begin_painted();
    told = 0;
    ok(check(&good) == KSG_NOT_PAINTED, "no stack is painted");
    ksg_paint(&stacks[0]);
    ksg_paint(&stacks[1]);
    ok(check(&good) == KSG_OK && told == 0, "both are as painted");
    *word_at(stacks[1].limit + 28) = 0;
    ok(check(&missing) == KSG_NOT_INSTALLED && told == 1 && told_of == &stacks[1], "one of the end is to be told");
    ok(check(&busy) == KSG_BUSY && told == 2, "again, when it could not be, and why is said");
    ok(check(&good) == KSG_STACK_TRAMPLED && told == 3, "then it is told");
    ok(check(&good) == KSG_STACK_TRAMPLED && told == 3, "but then no more");
    ok(depth_of(&stacks[1]) == SIZE - 28, "its depth is still known");
    *word_at(stacks[0].limit) = 0;
    ok(check(&busy) == KSG_BUSY && told == 4 && told_of == &stacks[0], "of two, that one is to be told still goes first");
    ksg_paint(&stacks[0]);
    ksg_paint(&stacks[1]);
    ok(check(&good) == KSG_OK && ksg_skipped_stacks() == 0, "until it is painted again");
    *word_at(stacks[0].limit) = 0;
    hidden_from = stacks[1].limit;
    ok(check(&good) == KSG_STACK_TRAMPLED && ksg_skipped_stacks() == 1, "one that cannot be read is left out, and counted");
    hidden_from = LOW;
    ok(check(&good) == KSG_OK && ksg_skipped_stacks() == 2, "so are both");
}

static void test_report(void)
{
    begin_painted();
    ksg_paint(&stacks[0]);
    ksg_paint(&stacks[1]);
    *word_at(stacks[0].base - 0x40) = 1;
    *word_at(stacks[1].limit) = 1;
    show_memory();
    push(0);
    crash_at("leaf_body");
    report("other stacks");
    says("other stacks, deepest use so far");
    says("  \"first\"    40 of 1000");
    says("  \"second\"  1000 of 1000: to its end");
    says_not("\"worker\"  ");
    hide_memory();
    report("other stacks that cannot be read");
    says("  and 2 other painted stacks cannot be read here");
    says_not("other stacks,");
}

/* ESP is at the end of a painted stack, or below it, and nobody has used that. */
static void test_unused(void)
{
    begin_painted();
    ksg_paint(&stacks[1]);
    show_memory();
    crash_at("middle_body");
    crashed.crash.cr2 = 0;
    crashed.crash.esp = stacks[1].limit;
    report("at the base of another one");
    says("  facts:   esp %08x is at the base, cr2 00000000 is no failed push", stacks[0].base);
    *word_at(stacks[1].base - 4) = 0;
    report("but when it was used");
    says("  facts:   esp %08x is at the limit, cr2 00000000 is no failed push", stacks[0].base);
    hide_memory();

    begin_painted();
    ksg_paint(&stacks[1]);
    ksg_remove_stack(&stacks[0]);
    victim.pieces.list[victim.pieces.count++] = (struct window){(const uint8_t *)word_at(stacks[1].limit), stacks[1].limit, SIZE};
    crashed.crash.esp = stacks[1].limit;
    crashed.crash.cr2 = stacks[1].limit - 4;
    crashed.crash.eip = at("middle_body");
    report("at its limit");
    says("======== kstackguard 1.0: DOUBLE FAULT, ESP ON AN UNUSED STACK ========");
    says("kernel!middle+0x%x ran with its esp at the end of stack \"second\", which was never", offset_in("middle", "middle_body"));
    crashed.crash.esp = stacks[1].limit - 0x800;
    says("  stack:   limit %08x base %08x size %x, none of it used, 0 frames", stacks[1].limit, stacks[1].base, SIZE);
    crashed.crash.cr2 = crashed.crash.esp - 4;
    report("in its guard page");
    says("======== kstackguard 1.0: DOUBLE FAULT, ESP ON NO STACK ========");
    hide_memory();
}

static void test_many(void)
{
    static struct ksg_stack many[20];

    begin_crash();
    for (unsigned i = 0; i < 20; i++) {
        many[i] = (struct ksg_stack){.name = "one of many", .limit = LOW + i * 0x100, .base = LOW + i * 0x100 + 0x100};
        ksg_add_stack(&many[i]);
        ksg_paint(&many[i]);
    }
    show_memory();
    push(0);
    crash_at("leaf_body");
    report("twenty other stacks");
    says("  \"one of many\"     0 of 100");
    says("  and 4 more");
    hide_memory();
    victim.pieces.list[victim.pieces.count++] = (struct window){(const uint8_t *)word_at(LOW), LOW, SIZE};
    report("of which four cannot be read");
    says("  and 4 that cannot be read here");
    hide_memory();
}

/* --- a stack that is painted by who runs on it --- */

static struct ksg_stack own;
static int paint_status;
static uint32_t depth_after, esp_before;

static void paint_own(int number)
{
    volatile uint32_t frame = 0x12345678;

    (void)number;
    esp_before = (uint32_t)(uintptr_t)&frame;
    paint_status = ksg_paint(&own);
    depth_after = depth_of(&own);
    if (frame != 0x12345678)
        paint_status = -1;
}

static void test_own(void)
{
    struct sigaction action = {.sa_handler = paint_own, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = word_at(LOW + 2 * SIZE), .ss_size = OWN_SIZE};

    begin_crash();
    own = (struct ksg_stack){.name = "own", .limit = LOW + 2 * SIZE, .base = LOW + 2 * SIZE + OWN_SIZE};
    ksg_add_stack(&own);
    if (sigaltstack(&stack, 0) != 0 || sigaction(SIGUSR1, &action, 0) != 0 || raise(SIGUSR1) != 0) {
        ok(true, "a stack that paints itself # SKIP no signal on a stack of its own");
        return;
    }
    ok(paint_status == KSG_OK, "who runs on a stack can paint it, and its frames stay");
    ok(depth_after >= own.base - esp_before && depth_after < own.base - esp_before + 0x1000,
       "what is below them is painted, but for a little");
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, 0);
}

/* With room for all its turns it comes back. */
static void test_overflow(void)
{
    struct rlimit limit;
    char name[] = "ksg_overflow returns from a stack that has room enough";

    if (getrlimit(RLIMIT_STACK, &limit) == 0) {
        limit.rlim_cur = 120ul << 20; /* what Linux leaves room for below a program's stack */
        if (setrlimit(RLIMIT_STACK, &limit) == 0) {
            ksg_overflow();
            ok(true, "%s", name);
            return;
        }
    }
    ok(true, "%s # SKIP the stack's limit cannot be raised", name);
}

int main(void)
{
    if (!map_low()) {
        ok(true, "painted stacks # SKIP no memory at %08x", LOW);
        return tap_end();
    }
    test_high_water();
    test_canary();
    test_check();
    test_report();
    test_unused();
    test_many();
    test_own();
    test_overflow();
    return tap_end();
}
