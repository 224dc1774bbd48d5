/* There is no UART: the report does not wait for it, and comes out at port e9h as well. */
#include "overflow.h"

void scenario(void)
{
    struct ksg_config config = {.debug_console = 1};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
