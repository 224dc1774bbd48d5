/* A put hook that faults in the middle of the report: the UART takes the rest, and not a character is lost. */
#include "overflow.h"

#define CHARACTERS 1000 /* that it can take */

static void KSG_CALL put(void *context, char character)
{
    static unsigned taken;

    (void)context;
    if (taken++ == CHARACTERS)
        *(volatile uint32_t *)0xf0000000 = 0;
    console_put(character);
}

void scenario(void)
{
    struct ksg_config config = {.put = put};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
