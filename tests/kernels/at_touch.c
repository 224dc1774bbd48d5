/* The fault is at the first touch of a frame's locals: sub esp has moved ESP past the limit already. */
#include "kernel.h"

void worker(void); /* at_touch.asm */

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
