/* What nothing can be done about: the double fault's IDT entry is gone. ksg_verify tells as long as the kernel lives; the
   overflow then resets the machine, as without the module. */
#include "check.h"
#include "overflow.h"

static void worker(void)
{
    idt[VECTOR_DOUBLE_FAULT].high &= ~(1u << 15); /* present */
    CHECK(ksg_verify() == KSG_GATE_REPLACED);
    overflow();
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
