/* The report on COM2, at another speed. */
#include "overflow.h"

void scenario(void)
{
    struct ksg_config config = {.com_port = 2, .baud = 9600};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
