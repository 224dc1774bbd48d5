/* An undefined instruction, where neither #UD nor the #NP that its gate raises can be delivered: both are not present. */
#include "kernel.h"

#define PRESENT 0x8000u /* in the upper half of a gate, SDM vol. 3, 6.11 */

enum { VECTOR_INVALID_OPCODE = 6, VECTOR_NOT_PRESENT = 11 };

static void worker(void)
{
    idt[VECTOR_INVALID_OPCODE].high &= ~PRESENT;
    idt[VECTOR_NOT_PRESENT].high &= ~PRESENT;
    __asm__ volatile("ud2");
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
