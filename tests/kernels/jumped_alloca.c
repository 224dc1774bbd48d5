/* A frame whose size only its code knows, as alloca makes it, reaches over the guard page and half through another stack. */
#include "overflow.h"

static volatile uint32_t room = 0x2800;

__attribute__((noinline)) static void spread(void)
{
    volatile uint8_t *bytes = __builtin_alloca(room);

    bytes[0] = 1;
    overflow();
    room = bytes[0];
}

static void hog(void)
{
    spread();
    room = 0;
}

static void idle(void)
{
    for (;;)
        thread_yield();
}

void scenario(void)
{
    kernel_install(0);
    thread_create("idle", 0x2000, idle);
    thread_run("hog", 0x1000, hog);
}
