/* The TSS's esp0 was left below the stack's base: entries from user mode have little room. What lies above was never used. */
#include "kernel.h"

enum { SYSTEM_WORK = 1 };

#define LEFT_OUT 0xc00
#define LEVELS 8

static volatile uint32_t sink;

__attribute__((noinline)) static void lookup(uint32_t levels)
{
    volatile uint32_t name[24];

    name[0] = levels;
    if (levels)
        lookup(levels - 1);
    sink += name[0];
}

static uint32_t serve(uint32_t levels, uint32_t unused, uint32_t also_unused)
{
    lookup(levels);
    return unused + also_unused;
}

USER_FUNCTION static void program(void)
{
    system_call(SYSTEM_WORK, LEVELS, 0, 0);
    system_call(SYSTEM_EXIT, 0, 0, 0);
}

static void worker(void)
{
    tss.esp0 = thread_current->stack.base - LEFT_OUT;
    user_run(program);
}

void scenario(void)
{
    kernel_install(0);
    system_call_handle(SYSTEM_WORK, serve);
    thread_run("worker", 0x1000, worker);
}
