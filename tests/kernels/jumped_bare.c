/* One large frame without EBP jumps over the guard page into the stack of another thread, and what it calls runs off that
   one's end. Only esp0 tells whose stack it was. */
#include "bare.h"

static void hog(void)
{
    __asm__ volatile("push %%ebp\n\txor %%ebp, %%ebp\n\tcall spread\n\tpop %%ebp" : : : "eax", "ecx", "edx", "memory");
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
