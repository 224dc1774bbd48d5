/* An assertion fails and is reported; the kernel goes on, and later it overflows in earnest. */
#include "overflow.h"

#define ASSERT(condition) ((condition) ? (void)0 : failed("assertion failed: " #condition))

__attribute__((noinline)) static void failed(const char *what)
{
    if (ksg_report(0, what) != KSG_OK)
        exit_machine(EXIT_FAILED);
    ++calls;
}

__attribute__((noinline)) static void check_calls(void)
{
    ASSERT(calls % 8 == 0); /* the text is no format */
    calls = 0;
}

static void first(void)
{
    calls = 7;
    check_calls();
    calls = 0;
}

static void second(void)
{
    calls = 0;
    ASSERT(thread_current != &boot_thread);
    overflow();
}

void scenario(void)
{
    kernel_install(0);
    interrupts_enable();
    thread_run("first", 0x1000, first);
    thread_run("second", 0x1000, second);
}
