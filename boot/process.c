/* Processes: each has a page directory, in which its kernel stack lies at the same address as every other's. */
#include "kernel.h"

#define PROCESSES 4
#define ENTRIES 1024u
#define TABLE_SPAN (ENTRIES * PAGE_SIZE)
#define STACK_PAGES (PROCESS_STACK_SIZE / PAGE_SIZE)

void KSG_CALL process_switch(uint32_t *save_esp, uint32_t esp, uint32_t directory);
bool KSG_CALL process_branch(struct process *child);

struct ksg_stack process_stack = {"process", PROCESS_STACK_LIMIT, PROCESS_STACK_LIMIT + PROCESS_STACK_SIZE, 0, 0, 0};
struct process *process_current;
static struct process processes[PROCESSES];
static unsigned process_count;
static struct process boot_process; /* what ran before the first one */

static uint32_t directory_loaded(void)
{
    uint32_t cr3;

    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    return cr3;
}

/* What is mapped now, with a stack of its own. The page below that is in no process. */
static struct process *allocate(void)
{
    struct process *process = &processes[process_count++];
    const uint32_t *now = (const uint32_t *)directory_loaded();
    uint32_t *directory = (uint32_t *)page_allocate(1);
    uint32_t *table = (uint32_t *)page_allocate(1);

    if (process_count > PROCESSES)
        kernel_panic("too many processes");
    process->directory = (uint32_t)directory;
    process->stack = page_allocate(STACK_PAGES);
    for (unsigned i = 0; i < ENTRIES; i++)
        directory[i] = now[i];
    directory[PROCESS_STACK_LIMIT / TABLE_SPAN] = (uint32_t)table | PAGE_PRESENT | PAGE_WRITABLE;
    for (unsigned i = 0; i < STACK_PAGES; i++)
        table[PROCESS_STACK_LIMIT / PAGE_SIZE % ENTRIES + i] =
            (process->stack + i * PAGE_SIZE) | PAGE_PRESENT | PAGE_WRITABLE;
    return process;
}

/* Interrupts are off. Returns when this process's turn comes again. */
void process_run(struct process *next)
{
    struct process *last = process_current;

    if (last == 0) {
        last = &boot_process;
        last->directory = directory_loaded();
    }
    process_current = next;
    tss.esp0 = next == &boot_process ? boot_thread.stack.base : process_stack.base;
    process_switch(&last->esp, next->esp, next->directory);
}

void process_leave(void)
{
    process_run(&boot_process);
}

static void process_start(void)
{
    process_current->function();
    process_leave();
    kernel_panic("a process that returned runs");
}

/* What process_switch pops, lowest address first. */
struct first_frame {
    uint32_t edi, esi, ebx;
    uint32_t ebp; /* 0: the frame chain ends here */
    void (*eip)(void);
    uint32_t return_address; /* process_start's: none */
};

struct process *process_create(void (*function)(void))
{
    struct process *process = allocate();
    struct first_frame *frame = (struct first_frame *)(process->stack + PROCESS_STACK_SIZE) - 1;

    frame->eip = process_start;
    process->function = function;
    process->esp = process_stack.base - sizeof *frame;
    return process;
}

/* Called by process_branch, with all on the stack that the child returns with. */
void KSG_CALL process_copy_stack(struct process *child);
void KSG_CALL process_copy_stack(struct process *child)
{
    const uint32_t *from = (const uint32_t *)process_stack.limit;
    uint32_t *to = (uint32_t *)child->stack;

    for (unsigned i = 0; i < PROCESS_STACK_SIZE / sizeof *to; i++)
        to[i] = from[i];
}

struct process *process_fork(void)
{
    struct process *child = allocate();

    child->function = process_current->function;
    return process_branch(child) ? child : 0;
}
