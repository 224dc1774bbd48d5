/* The victim: a program's system call goes down through three layers, a page is read in on the way, and the stack ends. */
#include "inject.h"
#include "kernel.h"
#include "layers.h"

#define STACK_SIZE 0x2000
#define SYSTEM_READ 1
#define WINDOW 0xd0000000u

static enum crash_by crash;

USER_FUNCTION static void program(void)
{
    system_call(SYSTEM_READ, 7, 0, 0);
    system_call(SYSTEM_EXIT, 0, 0, 0);
}

static uint32_t read_file(uint32_t file, uint32_t unused1, uint32_t unused2)
{
    (void)unused1, (void)unused2;
    return filter_read(file);
}

static bool read_page(struct pagein_range *range, uint32_t address, void *page)
{
    (void)range;
    *(uint32_t *)page = disk_read(address / PAGE_SIZE, 0);
    return true;
}

uint32_t victim_window(uint32_t offset)
{
    return *(volatile uint32_t *)(WINDOW + offset);
}

/* What is left of the running thread's stack. */
static uint32_t room(void)
{
    return (uint32_t)__builtin_frame_address(0) - thread_current->stack.limit;
}

/* Recursion with a frame of its own size, down to the end. */
__attribute__((noinline)) static uint32_t overflow(uint32_t depth)
{
    volatile uint32_t local[9];
    static bool done;

    if (depth == UINT32_MAX)
        return 0;
    local[depth % 9] = depth;
    if (room() < 900 && !done) {
        done = true;
        inject_before();
    }
    return overflow(depth + 1) + local[depth % 9];
}

uint32_t victim_end(uint32_t block)
{
    if (crash == CRASH_OVERFLOW)
        return overflow(block);
    if (crash == CRASH_BAD_GATE)
        idt_clear(13);
    inject_before();
    if (crash == CRASH_BAD_GATE)
        __asm__ volatile("mov %0, %%fs" : : "r"(0xfff8)); /* beyond the GDT: a #GP that has no gate */
    else
        __asm__ volatile("mov %0, %%esp\n\tpush %0" : : "r"(0x5a5a5a58));
    return block;
}

static void thread(void)
{
    inject_plan.stack = (uint32_t)&thread_current->stack;
    user_run(program);
}

void victim_run(enum crash_by how)
{
    static struct pagein_range window = {WINDOW, WINDOW + PAGE_SIZE, read_page, 0, 0};

    crash = how;
    pagein_add(&window);
    system_call_handle(SYSTEM_READ, read_file);
    thread_run("victim", STACK_SIZE, thread);
}
