/* A stack from an allocator that does not align: ESP and EBP are odd all the way. It was added with rounded ends. */
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

/* Calls function on the stack that ends at base. */
void call_on(uint32_t base, void (*function)(void));
__asm__(".text\n"
        ".type call_on, @function\n"
        "call_on:\n\t"
        "push %ebp\n\t"
        "mov %esp, %ebp\n\t"
        "mov 12(%ebp), %eax\n\t"
        "mov 8(%ebp), %esp\n\t"
        "call *%eax\n"
        "call_on.returns:\n\t"
        "leave\n\t"
        "ret\n"
        ".size call_on, . - call_on");

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
