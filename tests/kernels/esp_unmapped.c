/* A switch to a thread whose saved ESP leads to where nothing is mapped. */
#include "kernel.h"

static void work(void)
{
}

void scenario(void)
{
    struct thread *thread = thread_create("worker", 0x1000, work);

    kernel_install(0);
    thread->esp = 0xf0000000;
    thread_yield();
}
