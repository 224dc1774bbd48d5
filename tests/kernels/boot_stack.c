/* The boot stack runs out, before there is any thread. */
#include "overflow.h"

void scenario(void)
{
    kernel_install(0);
    overflow();
    --calls;
}
