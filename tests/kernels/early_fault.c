/* A page fault in early boot: no stack is registered yet, and there is no page-fault handler. It is no stack overflow. */
#include "kernel.h"

#define NOWHERE 0xf0000000u

static void KSG_CALL finish(void *context)
{
    (void)context;
    exit_machine(EXIT_REPORTED);
}

void scenario(void)
{
    static const struct ksg_config config = {.finish = finish};

    if (ksg_install(&config) != KSG_OK)
        kernel_panic("not installed");
    idt_clear(VECTOR_PAGE_FAULT);
    *(volatile uint32_t *)NOWHERE = 0;
}
