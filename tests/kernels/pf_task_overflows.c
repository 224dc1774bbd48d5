/* The page fault has a task gate, and its task runs out of its own stack while it deals with a thread's null write. */
#include "kernel.h"

#define NOWHERE 0xf0000000u
#define LEVELS_MANY 1000000u /* far more than a stack has room for */

const struct kernel_options kernel_options = {.free_gdt_entries = 2};

static volatile uint32_t sink;
static struct tss fault_tss;
static struct ksg_stack fault_stack = {.name = "page fault task"};

__attribute__((noinline)) static void demangle(uint32_t level)
{
    volatile char name[200];

    name[0] = (char)level;
    if (level < LEVELS_MANY)
        demangle(level + 1);
    sink += (uint32_t)name[0];
}

static void fault_main(void)
{
    demangle(0);
    exit_machine(EXIT_FAILED);
}

__attribute__((noinline)) static void null_write(void)
{
    __asm__ volatile("null_write.touch: movl $1, (%0)" : : "r"(NOWHERE) : "memory");
    sink++;
}

__attribute__((noinline)) static void driver_poll(void)
{
    null_write();
    sink++;
}

static void worker(void)
{
    driver_poll();
    sink++;
}

/* The second free entry of the GDT is the page fault's task. */
static void make_task(void)
{
    uint32_t base = (uint32_t)&fault_tss;

    __asm__ volatile("mov %%cr3, %0" : "=r"(fault_tss.cr3));
    fault_tss.eip = (uint32_t)fault_main;
    fault_tss.eflags = 2;
    fault_tss.esp = fault_stack.base - 4;
    fault_tss.cs = KERNEL_CODE;
    fault_tss.ss = fault_tss.ds = fault_tss.es = fault_tss.fs = fault_tss.gs = KERNEL_DATA;
    fault_tss.io_map = sizeof fault_tss;
    gdt[GDT_FREE / 8 + 1].low = base << 16 | (sizeof fault_tss - 1);
    gdt[GDT_FREE / 8 + 1].high = (base & 0xff000000) | 0x8900 | (base >> 16 & 0xff);
}

void scenario(void)
{
    struct ksg_config config = {.gdt_selector = GDT_FREE};

    fault_stack.limit = page_allocate(2) + PAGE_SIZE;
    fault_stack.base = fault_stack.limit + PAGE_SIZE;
    make_task();
    kernel_install(&config);
    page_unmap(fault_stack.limit - PAGE_SIZE);
    ksg_add_stack(&fault_stack);
    idt_set_task_gate(VECTOR_PAGE_FAULT, GDT_FREE + 8);
    thread_run("worker", 0x1000, worker);
}
