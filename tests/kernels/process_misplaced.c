/* On a process's kernel stack the kernel loads a page directory that does not map it, and says so. */
#include "kernel.h"

static volatile uint32_t calls;
static uint32_t live; /* the page directory that is loaded */

static ksg_address KSG_CALL victim_cr3(void *context)
{
    (void)context;
    return live;
}

__attribute__((noinline)) static void load(uint32_t directory)
{
    live = directory;
    __asm__ volatile("mov %0, %%cr3" : : "r"(directory) : "memory");
    ++calls;
}

__attribute__((noinline)) static void work(void)
{
    load(live);
    --calls;
}

static void process(void)
{
    struct ksg_config config = {.victim_cr3 = victim_cr3};

    kernel_install(&config);
    work();
    --calls;
}

void scenario(void)
{
    __asm__ volatile("mov %%cr3, %0" : "=r"(live));
    ksg_add_stack(&process_stack);
    process_run(process_create(process));
}
