/* Nobody has told of the stack, nor of esp0, and nothing ends anywhere: below it is the kernel's own code, and memory goes on
   to both sides. No table tells where code is. */
#include "kernel.h"

extern uint32_t ksg_symbol_table[];
static volatile uint32_t calls;

__attribute__((noinline)) static void inner(void)
{
    ksg_report(0, "of the boot stack");
    ++calls;
}

__attribute__((noinline)) static void outer(void)
{
    inner();
    ++calls;
}

static void KSG_CALL finish(void *context)
{
    (void)context;
    exit_machine(EXIT_REPORTED);
}

void scenario(void)
{
    struct ksg_config config = {.finish = finish};

    ksg_symbol_table[0]++; /* its magic number */
    tss.esp0 = 0;
    ksg_install(&config);
    outer();
    exit_machine(EXIT_REPORTED);
}
