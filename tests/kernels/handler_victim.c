/* A function uses the stack up to its last words, then touches a page that has to be read in: it is the page fault's handler
   that finds no room. */
#include "kernel.h"

#define FILE 0x40000000u
#define LEFT 48u /* room for the CPU's frame and some of the stub's pushes */

static bool read(struct pagein_range *range, uint32_t address, void *page)
{
    (void)range, (void)address, (void)page;
    return true;
}

static struct pagein_range file = {.start = FILE, .end = FILE + PAGE_SIZE, .read = read};

void use_up(uint32_t esp, uint32_t touched); /* handler_victim.asm */

static void worker(void)
{
    use_up(thread_current->stack.limit + LEFT, FILE);
}

void scenario(void)
{
    kernel_install(0);
    pagein_add(&file);
    thread_run("worker", 0x1000, worker);
}
