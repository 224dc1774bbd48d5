/* One large frame jumps over the guard page into the stack of another thread, and what it calls runs off that one's end. */
#include "overflow.h"

#define ROOM 0x2800u /* the rest of the hog's page, its guard page, and half a page of the other stack */

static volatile uint32_t chosen;

__attribute__((noinline)) static void spread(void)
{
    volatile uint8_t room[ROOM];

    room[chosen] = 1;
    overflow();
    chosen = room[chosen];
}

static void hog(void)
{
    spread();
    chosen = 0;
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
