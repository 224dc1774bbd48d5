/* Kernel threads: each has a stack with a guard page below it, and they run in turn. */
#include "kernel.h"

#define THREADS 16

extern char boot_stack_limit[], boot_stack_base[]; /* entry.asm */
void KSG_CALL switch_stack(uint32_t *save_esp, uint32_t esp);

struct thread boot_thread = {
    .stack = {.name = "boot", .limit = (ksg_address)boot_stack_limit, .base = (ksg_address)boot_stack_base},
    .next = &boot_thread,
};
struct thread *thread_current = &boot_thread;
static struct thread threads[THREADS];
static unsigned thread_count;

static struct thread *before(struct thread *thread)
{
    struct thread *other = thread;

    while (other->next != thread)
        other = other->next;
    return other;
}

static void thread_start(void)
{
    thread_current->function();
    thread_exit();
}

/* What switch_stack pops, lowest address first. */
struct first_frame {
    uint32_t edi, esi, ebx;
    uint32_t ebp; /* 0: the frame chain ends here */
    void (*eip)(void);
    uint32_t return_address; /* thread_start's: none */
};

struct thread *thread_create(const char *name, uint32_t stack_size, void (*function)(void))
{
    uint32_t guard = page_allocate(1 + stack_size / PAGE_SIZE);
    struct thread *thread = &threads[thread_count++];
    struct first_frame *frame;

    if (thread_count > THREADS)
        kernel_panic("too many threads");
    thread->stack.name = name;
    thread->stack.limit = guard + PAGE_SIZE;
    thread->stack.base = thread->stack.limit + stack_size;
    thread->function = function;

    page_unmap(guard);
    if (ksg_add_stack(&thread->stack) != KSG_OK)
        kernel_panic("the thread's stack cannot be registered");

    frame = (struct first_frame *)thread->stack.base - 1;
    frame->eip = thread_start;
    thread->esp = (uint32_t)frame;

    before(thread_current)->next = thread; /* the last to have its turn */
    thread->next = thread_current;
    return thread;
}

/* Interrupts are off. Returns when this thread's turn comes again. */
static void run(struct thread *next)
{
    struct thread *last = thread_current;

    thread_current = next;
    tss.esp0 = next->stack.base;
    switch_stack(&last->esp, next->esp);
}

void thread_yield(void)
{
    uint32_t eflags;

    __asm__ volatile("pushf\n\tpop %0\n\tcli" : "=r"(eflags) : : "memory");
    if (thread_current->next != thread_current)
        run(thread_current->next);
    __asm__ volatile("push %0\n\tpopf" : : "r"(eflags) : "memory", "cc");
}

_Noreturn void thread_exit(void)
{
    interrupts_disable();
    before(thread_current)->next = thread_current->next;
    thread_current->finished = true;
    run(thread_current->next);
    kernel_panic("a finished thread runs");
}

void thread_wait(const struct thread *thread)
{
    while (!thread->finished)
        thread_yield();
}

void thread_run(const char *name, uint32_t stack_size, void (*function)(void))
{
    thread_wait(thread_create(name, stack_size, function));
}
