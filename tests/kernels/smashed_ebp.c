/* A string is copied over the end of its buffer, and over the EBP that was saved behind it; the caller then takes its ESP
   from EBP. */
#include "kernel.h"

void copy_too_much(void); /* smashed_ebp.asm */

static void worker(void)
{
    copy_too_much();
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
