/* The symbol table is not usable: the report says addresses instead of names. */
#include "overflow.h"

extern uint32_t ksg_symbol_table[];

static void worker(void)
{
    ksg_symbol_table[0]++; /* its magic number */
    overflow();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
