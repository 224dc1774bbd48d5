/* Frames that write to few of their words step over the lowest 32 bytes of their stack: a thread runs over its end, where no
   guard page is, and the bytes there stay as painted. */
#include "check.h"

const struct kernel_options kernel_options = {.no_paging = true};

#define ROOM 316 /* of a frame: with what a call takes, 332 bytes or so */
#define END 32
#define CALLS 8 /* in which each word of the canary is looked at */

static uint32_t deepest;

/* Until a frame lies below limit. The room is not written to. */
__attribute__((noinline)) static void step_down(uint32_t limit)
{
    uint8_t room[ROOM];

    __asm__ volatile("" : : "r"(room) : "memory");
    deepest = (uint32_t)room;
    if (deepest >= limit)
        step_down(limit);
    __asm__ volatile("");
}

__attribute__((noinline)) static void begin_lower(uint32_t by, uint32_t limit)
{
    uint8_t *room = __builtin_alloca(by);

    __asm__ volatile("" : : "r"(room) : "memory");
    step_down(limit);
}

static bool end_whole(uint32_t limit)
{
    for (uint32_t at = limit; at < limit + END; at += 4)
        if (*(volatile uint32_t *)at != *(volatile uint32_t *)limit)
            return false;
    return true;
}

/* Where the frames come to lie is the compiler's business: somewhere lower or higher they step over the end. */
static void worker(void)
{
    struct ksg_stack *stack = &thread_current->stack;
    uint32_t by = 0;
    int status = KSG_OK;

    do {
        by += 16;
        CHECK(by < ROOM);
        CHECK(ksg_paint(stack) == KSG_OK);
        begin_lower(by, stack->limit);
        CHECK(deepest < stack->limit);
    } while (!end_whole(stack->limit));

    for (unsigned i = 0; i < CALLS && status == KSG_OK; i++)
        status = ksg_check_stacks();
    CHECK(status == KSG_STACK_TRAMPLED);
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
    exit_machine(EXIT_PASSED);
}
