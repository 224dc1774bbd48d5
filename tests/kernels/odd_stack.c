/* A stack from an allocator that does not align: ESP and EBP are odd all the way. It was added with rounded ends. */
#include "call_on.h"
#include "overflow.h"

#define ODD 3

static struct ksg_stack stack = {.name = "odd"};

__attribute__((noinline)) static void inner(void)
{
    overflow();
    --calls;
}

__attribute__((noinline)) static void service(void)
{
    inner();
    --calls;
}

static void worker(void)
{
    call_on(stack.base - ODD, service);
    --calls;
}

void scenario(void)
{
    uint32_t guard = page_allocate(2);

    kernel_install(0);
    page_unmap(guard);
    stack.limit = guard + PAGE_SIZE;
    stack.base = stack.limit + PAGE_SIZE;
    ksg_add_stack(&stack);
    thread_run("worker", 0x1000, worker);
}
