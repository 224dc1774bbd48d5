/* Functions that take their stack in all the ways that prologues have: each frame is taken apart. */
#include "overflow.h"

void by_sub(void); /* prologues.asm */
void innermost(void);

void innermost(void)
{
    overflow();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x3000, by_sub);
}
