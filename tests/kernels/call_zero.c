/* A call through a null pointer, and the page fault has no gate: a double fault at EIP 0 with plenty of stack left. */
#include "kernel.h"

static void (*volatile hook)(void);

__attribute__((noinline)) static void call_hook(void)
{
    hook();
    hook = 0;
}

static void worker(void)
{
    idt_clear(VECTOR_PAGE_FAULT);
    call_hook();
    hook = 0;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
