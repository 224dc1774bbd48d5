/* A switch to a thread whose saved ESP is 0. */
#include "kernel.h"

static void work(void)
{
}

void scenario(void)
{
    struct thread *thread = thread_create("worker", 0x1000, work);

    kernel_install(0);
    thread->esp = 0;
    thread_yield();
}
