/* The timer's handler loads another CR3, in which this thread's stack is not mapped; nobody says which. */
#include "kernel.h"

#define ENTRIES 1024u

static volatile uint32_t calls;
static uint32_t process;

static uint32_t *directory_now(void)
{
    uint32_t cr3;

    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    return (uint32_t *)cr3;
}

static uint32_t copy(const uint32_t *from)
{
    uint32_t *to = (uint32_t *)page_allocate(1);

    for (unsigned i = 0; i < ENTRIES; i++)
        to[i] = from[i];
    return (uint32_t)to;
}

static void hide(uint32_t start, uint32_t end)
{
    uint32_t *entry = (uint32_t *)process + start / PAGE_SIZE / ENTRIES;
    uint32_t *table = (uint32_t *)copy((const uint32_t *)(*entry & PAGE_ADDRESS));

    *entry = (uint32_t)table | (*entry & ~PAGE_ADDRESS);
    for (uint32_t page = start; page < end; page += PAGE_SIZE)
        table[page / PAGE_SIZE % ENTRIES] = 0;
}

__attribute__((noinline)) static void switch_now(void)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(process) : "memory");
    ++calls;
}

static void tick(struct interrupt_frame *frame)
{
    (void)frame;
    switch_now();
    --calls;
}

__attribute__((noinline)) static void idle(void)
{
    interrupts_enable();
    for (;;)
        __asm__ volatile("hlt");
}

static void worker(void)
{
    process = copy(directory_now());
    hide(thread_current->stack.limit, thread_current->stack.base);
    timer_hook = tick;
    idle();
    --calls;
}

void scenario(void)
{
    kernel_install(0);
    timer_start(100);
    thread_run("worker", 0x2000, worker);
}
