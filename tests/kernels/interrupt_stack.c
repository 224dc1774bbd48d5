/* A stack for interrupts, which lies below the thread's: that ESP is there and EBP leads up from it is as it should be. */
#include "call_on.h"
#include "overflow.h"

static struct ksg_stack interrupts = {.name = "interrupts"};

static void service(void)
{
    overflow();
    --calls;
}

static void worker(void)
{
    call_on(interrupts.base, service);
    --calls;
}

void scenario(void)
{
    uint32_t guard = page_allocate(2);

    kernel_install(0);
    page_unmap(guard);
    interrupts.limit = guard + PAGE_SIZE;
    interrupts.base = interrupts.limit + PAGE_SIZE;
    ksg_add_stack(&interrupts);
    thread_run("worker", 0x1000, worker);
}
