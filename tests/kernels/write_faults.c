/* A write hook that faults at a line: the UART takes that line, and all that follow. */
#include "overflow.h"

#define LINES 10 /* that it can take */

static void KSG_CALL write(void *context, const char *text, unsigned length)
{
    static unsigned taken;

    (void)context;
    if (taken++ == LINES)
        *(volatile uint32_t *)0xf0000000 = 0;
    for (unsigned i = 0; i < length; i++)
        console_put(text[i]);
}

void scenario(void)
{
    struct ksg_config config = {.write = write};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
