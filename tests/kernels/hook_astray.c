/* A stop_cpus hook that comes back with another EBX, which it has to keep: nothing is written where that points to. */
#include "overflow.h"

#define UNTOUCHED 0x600d600du

volatile uint32_t hook_word = UNTOUCHED;

void KSG_CALL hook_astray(void *context); /* hook_astray.asm */

static void KSG_CALL finish(void *context)
{
    (void)context;
    console_print(hook_word == UNTOUCHED ? "its word is untouched\n" : "its word was overwritten\n");
    exit_machine(EXIT_REPORTED);
}

void scenario(void)
{
    struct ksg_config config = {.stop_cpus = hook_astray, .finish = finish};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
