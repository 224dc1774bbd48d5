/* Names that no line has room for, of functions and stacks: lines are cut where that is shown, and go on below. */
#include "kernel.h"

#define STACK_SIZE 0x400000u
#define ROOM 0x200000u
#define TURNS 40

static struct ksg_stack lower = {.name = "the stack that belongs to the thread which was here first"};
static struct ksg_stack upper = {.name = "the stack of which so much more is known than of any other"};
static volatile uint32_t turns, chosen;

static void and_which_then_asks_the_first_one_to_begin_anew(void);
static void (*volatile the_next)(void) = and_which_then_asks_the_first_one_to_begin_anew;

__attribute__((noinline)) static void a_function_that_asks_another_one_to_go_on_with_it(void)
{
    if (++turns < TURNS) {
        void (*next)(void) = the_next;

        __asm__("" : "+r"(next)); /* by way of a register: the row says through which word of memory a call goes */
        next();
    } else {
        ksg_report(0, "a reason that nobody would call short, and which would not end where the line does");
    }
    --chosen;
}

static void and_which_then_asks_the_first_one_to_begin_anew(void)
{
    volatile uint32_t words[100];

    words[turns % 100] = 1;
    a_function_that_asks_another_one_to_go_on_with_it();
    chosen = words[turns % 100];
}

__attribute__((noinline)) static void whose_locals_are_so_many_that_a_stack_can_hardly_hold_them(void)
{
    volatile uint8_t room[ROOM];

    room[chosen % ROOM] = 1;
    ksg_overflow();
    chosen = room[chosen % ROOM];
}

static void crash(void)
{
    a_function_that_asks_another_one_to_go_on_with_it();
    whose_locals_are_so_many_that_a_stack_can_hardly_hold_them();
    --chosen;
}

static void on_new_stack(void (*function)(void), uint32_t base)
{
    __asm__ volatile("mov %1, %%esp\n\t"
                     "push $0\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "jmp *%0"
                     :
                     : "r"(function), "r"(base)
                     : "memory");
}

void scenario(void)
{
    uint32_t guard = page_allocate(1 + 1 + STACK_SIZE / PAGE_SIZE);

    kernel_install(0);
    page_unmap(guard);
    lower.limit = guard + PAGE_SIZE;
    lower.base = upper.limit = lower.limit + PAGE_SIZE;
    upper.base = upper.limit + STACK_SIZE;
    ksg_add_stack(&lower);
    ksg_add_stack(&upper);
    on_new_stack(crash, upper.base);
}
