/* A megabyte of locals on a stack at 90000h: ESP goes below address 0, and around. */
#include "call_on.h"
#include "kernel.h"

#define LOW_GUARD 0x10000u
#define LOW_BASE 0x90000u
#define LOCALS 0x100000u

static volatile uint32_t sink;
static struct ksg_stack stack = {.name = "low boot", .limit = LOW_GUARD + PAGE_SIZE, .base = LOW_BASE};

__attribute__((noinline)) static void show(char *text)
{
    text[0] = 'x';
    sink += (uint32_t)text[0];
}

__attribute__((noinline)) static void kernel_start(void)
{
    char text[LOCALS];

    show(text + LOCALS - 4);
    show(text);
    sink++;
}

__attribute__((noinline)) static void boot_main(void)
{
    kernel_start();
    sink++;
}

static void worker(void)
{
    call_on(stack.base, boot_main);
    sink++;
}

void scenario(void)
{
    kernel_install(0);
    page_unmap(LOW_GUARD);
    ksg_add_stack(&stack);
    thread_run("worker", 0x1000, worker);
}
