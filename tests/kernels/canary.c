/* A kernel without paging, and so without guard pages: a thread runs over the end of its stack, and nothing faults. The
   next one that runs finds out. */
#include "check.h"

const struct kernel_options kernel_options = {.no_paging = true};

static struct thread *worker;

/* Goes down to the stack's last bytes, and there lets the other thread run: what that takes lies below the limit. */
__attribute__((noinline)) static void use_up(uint32_t limit)
{
    volatile uint32_t words[4] = {0};

    if ((uint32_t)words - limit > 64)
        use_up(limit);
    else
        thread_yield();
    words[1] = words[0];
}

static void work(void)
{
    CHECK(ksg_paint(&thread_current->stack) == KSG_OK);
    thread_yield();
    use_up(thread_current->stack.limit);
}

static void idle(void)
{
    CHECK(ksg_check_stacks() == KSG_OK);
    thread_yield();
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED); /* and not a second report */
    CHECK(ksg_high_water(&worker->stack) == 0x1000);
}

void scenario(void)
{
    kernel_install(0);
    CHECK(ksg_check_stacks() == KSG_NOT_PAINTED);
    worker = thread_create("worker", 0x1000, work);
    thread_run("idle", 0x1000, idle);
    exit_machine(EXIT_PASSED);
}
