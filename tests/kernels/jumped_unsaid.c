/* The same as jumped_bare, in a kernel that leaves esp0 alone for its own threads: then nothing tells whose stack it was, but
   that the outermost frame does not end on this one. */
#include "bare.h"

static void hog(void)
{
    tss.esp0 = boot_thread.stack.base;
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
