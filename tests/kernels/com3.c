/* The report on a UART that is named by its first I/O port: COM3's. */
#include "overflow.h"

void scenario(void)
{
    struct ksg_config config = {.com_port = 0x3e8};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
