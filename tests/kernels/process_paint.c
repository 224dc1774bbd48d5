/* Painted stacks are looked at while another process runs, where they are not mapped: they are left out. */
#include "check.h"

static struct process *first;

static void process(void)
{
    CHECK(ksg_paint(&process_stack) == KSG_OK);
    CHECK(ksg_check_stacks() == KSG_OK && ksg_skipped_stacks() == 0);
    CHECK(ksg_high_water(&process_stack) > 0);
    process_leave();
    *(volatile uint32_t *)process_stack.limit = 0;
    CHECK(ksg_high_water(&process_stack) == PROCESS_STACK_SIZE);
    CHECK(ksg_check_stacks() == KSG_STACK_TRAMPLED);
}

/* From the timer's interrupt. */
static void tick(struct interrupt_frame *frame)
{
    (void)frame;
    CHECK(ksg_check_stacks() == KSG_OK && ksg_skipped_stacks() == 1);
}

void scenario(void)
{
    kernel_install(0);
    CHECK(ksg_add_stack(&process_stack) == KSG_OK);
    first = process_create(process);
    process_run(first);

    CHECK(ksg_high_water(&process_stack) == 0);
    timer_hook = tick;
    timer_start(1000);
    interrupts_enable();
    while (timer_ticks < 3)
        ;
    interrupts_disable();
    process_run(first);
    CHECK(ksg_high_water(&process_stack) == 0);
    exit_machine(EXIT_PASSED);
}
