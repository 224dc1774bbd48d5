/* A hook that loses its stack, and one that does so again when the rest is to be written: the third time one raw line on the
   UART is all there is. */
#include "overflow.h"

static void lose_stack(void)
{
    __asm__ volatile("mov %0, %%esp\n\tpush %0" : : "r"(0xf0000000));
}

static int KSG_CALL locate(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context, (void)esp, (void)found;
    lose_stack();
    return 1;
}

static void KSG_CALL put(void *context, char character)
{
    (void)context, (void)character;
    lose_stack();
}

static void worker(void)
{
    ksg_remove_stack(&thread_current->stack);
    overflow();
    ksg_add_stack(&thread_current->stack);
}

void scenario(void)
{
    struct ksg_config config = {.find_stack = locate, .put = put};

    kernel_install(&config);
    thread_run("worker", 0x1000, worker);
}
