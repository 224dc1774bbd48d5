/* The crash is in another address space than the one that the module was installed in, and the kernel says which. */
#include "overflow.h"

static uint32_t process; /* its page directory */

static uint32_t page_directory(void)
{
    uint32_t cr3;

    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    return cr3;
}

static ksg_address KSG_CALL victim_cr3(void *context)
{
    return *(const uint32_t *)context;
}

static void worker(void)
{
    const uint32_t *from = (const uint32_t *)page_directory();
    uint32_t *to = (uint32_t *)process;

    for (unsigned i = 0; i < PAGE_SIZE / sizeof *to; i++)
        to[i] = from[i];
    __asm__ volatile("mov %0, %%cr3" : : "r"(process) : "memory");
    overflow();
    --calls;
}

void scenario(void)
{
    struct ksg_config config = {.victim_cr3 = victim_cr3, .context = &process};

    process = page_allocate(1);
    kernel_install(&config);
    thread_run("worker", 0x1000, worker);
}
