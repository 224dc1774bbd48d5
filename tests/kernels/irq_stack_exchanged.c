/* Interrupts run on a stack of their own, which overflows; the interrupted thread used EBP for something else. */
#include "kernel.h"

static struct ksg_stack hard = {.name = "hardirq/0"};
static volatile uint32_t sink;

void call_on_irq_stack(uint32_t base, void (*function)(void)); /* irq_stack_exchanged.asm */

__attribute__((noinline)) static void build_map(unsigned level, const uint32_t *above)
{
    uint32_t table[20];

    for (unsigned i = 0; i < 20; i++)
        table[i] = above[i % 5] + level;
    __asm__ volatile("" : : "r"(table) : "memory");
    if (level != UINT32_MAX)
        build_map(level + 1, table);
    sink += table[level % 20];
}

__attribute__((noinline)) static void do_softirq(void)
{
    uint32_t seed[5] = {1, 2, 3, 4, 5};

    build_map(0, seed);
    sink += seed[2];
}

static void tick(struct interrupt_frame *frame)
{
    (void)frame;
    call_on_irq_stack(hard.base, do_softirq);
    sink++;
}

__attribute__((noinline)) static void user_work(void)
{
    __asm__ volatile("push %%ebp\n\t"
                     "mov $5, %%ebp\n\t"
                     "sti\n"
                     "1:\n\t"
                     "add $3, %%ebp\n\t"
                     "jmp 1b"
                     :
                     :
                     : "memory");
    sink++;
}

static void worker(void)
{
    user_work();
    sink++;
}

void scenario(void)
{
    uint32_t guard = page_allocate(2);

    kernel_install(0);
    page_unmap(guard);
    hard.limit = guard + PAGE_SIZE;
    hard.base = hard.limit + PAGE_SIZE;
    ksg_add_stack(&hard);
    timer_hook = tick;
    timer_start(100);
    thread_run("worker", 0x1000, worker);
}
