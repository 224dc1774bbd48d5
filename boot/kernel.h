/*
 * The reference kernel: everything that a kernel under tests/kernels/ may use.
 *
 * Such a kernel is one function, scenario(). It runs on the boot stack in ring 0, with the GDT, IDT, paging and PIC up,
 * interrupts off, every IRQ masked, no thread but itself, and kstackguard not yet installed. The usual one reads:
 *
 *     static void recurse(void) { ... }
 *
 *     void scenario(void)
 *     {
 *         kernel_install(0);
 *         thread_run("worker", 0x2000, recurse);
 *     }
 *
 * Memory: the kernel lies at 1 MiB. 4 KiB up to IDENTITY_END are mapped to themselves, page 0 is not present. Segments
 * are flat. One file of boot/ stands behind each part of this header.
 */
#ifndef BOOT_KERNEL_H
#define BOOT_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "ksg.h"

void scenario(void);

/* --- main.c: the order in which things start, and how to add kstackguard --- */

/* What a kernel wants to be unusual from the start on. Who wants some defines kernel_options;
   who does not gets zeros (options.c), and 0 is the usual. */
struct kernel_options {
    unsigned free_gdt_entries; /* at the GDT's end, the first at GDT_FREE; at most 8. 0: the GDT is exactly full */
    bool no_paging;            /* CR0.PG stays 0, so there are no guard pages either */
    bool no_task_register;     /* TR stays 0: no TSS is loaded, and user mode is out of reach */
    uint32_t tss_limit;        /* in the TSS descriptor, at most fffffh; 0: 67h, the size of a TSS less 1 */
};
extern const struct kernel_options kernel_options;

/*
 * Registers the boot stack, gives it a guard page and installs kstackguard; 0: all the usual. The finish hook, unless
 * config has one, leaves the virtual machine with EXIT_REPORTED. When it fails, prints why and panics.
 */
void kernel_install(const struct ksg_config *config);

/* Prints the message as a line and leaves the virtual machine with EXIT_PANIC. */
_Noreturn void kernel_panic(const char *message);

/* --- exit.c: leaving the virtual machine through QEMU's isa-debug-exit, whose exit status is 2 * value + 1 --- */

enum exit_value {
    EXIT_REPORTED = 0x10, /* 33: kstackguard's report is finished */
    EXIT_RETURNED = 0x11, /* 35: scenario() returned */
    EXIT_PANIC = 0x12,    /* 37: kernel_panic, for instance after an exception that nobody handles */
    EXIT_PASSED = 0x13,   /* 39: a scenario that checks itself found all well */
    EXIT_FAILED = 0x14    /* 41: a scenario that checks itself did not */
};
_Noreturn void exit_machine(enum exit_value value);

/* --- console.c: COM1, polled; also without a UART it does not wait for ever --- */

void console_init(void);
void console_put(char character);
void console_print(const char *text);
void console_hex(uint32_t number); /* eight digits */

/* --- gdt.c: segments and the one TSS --- */

enum selector {
    KERNEL_CODE = 0x08,
    KERNEL_DATA = 0x10,
    USER_CODE = 0x18 + 3,
    USER_DATA = 0x20 + 3,
    GDT_TSS = 0x28,
    GDT_FREE = 0x30 /* the first free entry, if kernel_options asked for any */
};

struct descriptor {
    uint32_t low;
    uint32_t high;
};
#define GDT_ENTRIES 16 /* room for so many; how many are in use, kernel_options says */
extern struct descriptor gdt[GDT_ENTRIES];

/* SDM vol. 3, 8.2.1. The fields that hold a selector have nothing of use in their upper half. */
struct tss {
    uint32_t back_link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags;
    uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
    uint32_t es, cs, ss, ds, fs, gs, ldt;
    uint16_t debug_trap, io_map;
};
extern struct tss tss; /* esp0 follows the running thread: its stack's base */

void gdt_init(void);
/* Loads the GDTR again: the same table, with another limit. */
void gdt_set_limit(uint16_t limit);

/* --- idt.c, interrupts.asm: interrupts and exceptions --- */

/* What a stub leaves on the stack, lowest address first. */
struct interrupt_frame {
    uint32_t gs, fs, es, ds;
    uint32_t edi, esi, ebp, unused_esp, ebx, edx, ecx, eax; /* pusha */
    uint32_t vector, error_code;                            /* 0 where the CPU pushes no error code */
    uint32_t eip, cs, eflags;
    uint32_t user_esp, user_ss; /* only when cs is USER_CODE */
};
typedef void interrupt_handler(struct interrupt_frame *frame);

enum {
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_IRQ = 0x20, /* IRQ 0 to 15: 20h to 2fh */
    VECTOR_TIMER = VECTOR_IRQ,
    VECTOR_SYSTEM_CALL = 0x80,
    STUBS = 0x40, /* vectors below have a stub trap_N; so has the system call. No other entry is present */
    IDT_ENTRIES = 256
};
extern struct descriptor idt[IDT_ENTRIES];

void idt_init(void);
/* What C function the vector's stub calls. An exception without one panics; another interrupt is ignored. */
void interrupt_handle(unsigned vector, interrupt_handler *handler);
/* Prints vector, eip, error code and CR2, and panics. */
_Noreturn void interrupt_unhandled(const struct interrupt_frame *frame);
/* Raw entries: an interrupt gate to code of one's own; a task gate; not present. */
void idt_set_gate(unsigned vector, void (*entry)(void), unsigned ring);
void idt_set_task_gate(unsigned vector, uint16_t tss_selector);
void idt_clear(unsigned vector);
/* Loads the IDTR again: the same table, with another limit. */
void idt_set_limit(uint16_t limit);

static inline void interrupts_enable(void)
{
    __asm__ volatile("sti" : : : "memory");
}

static inline void interrupts_disable(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* --- timer.c: the PIC, remapped to VECTOR_IRQ, and channel 0 of the PIT --- */

void pic_init(void); /* every IRQ masked */
/* Unmasks IRQ 0. From then on each tick, with interrupts enabled, adds 1 to timer_ticks and switches threads. */
void timer_start(unsigned hertz); /* 19 or more */
void timer_stop(void);
extern volatile uint32_t timer_ticks;
/* Called on each tick before the switch, interrupts off; 0: nothing. */
extern void (*timer_hook)(struct interrupt_frame *frame);

/* --- paging.c: one page directory, 4 KiB pages, physical memory given out and never taken back --- */

#define PAGE_SIZE 4096u
#define PAGE_ADDRESS 0xfffff000u /* the bits of an address that say which page it lies in */
#define IDENTITY_END 0x2000000u  /* 32 MiB */

enum page_flags { PAGE_PRESENT = 1, PAGE_WRITABLE = 2, PAGE_USER = 4 };

void paging_init(void);
/* count physical pages in a row, all zero, mapped where they are. Panics when there are none left. */
uint32_t page_allocate(unsigned count);
/* Maps any linear page, also above IDENTITY_END, also one that is mapped already. PAGE_PRESENT is implied. */
void page_map(uint32_t linear, uint32_t physical, unsigned flags);
/* From now on touching the page faults. */
void page_unmap(uint32_t linear);
bool page_present(uint32_t linear);

/* --- pagein.c: the page-fault handler, and memory that is read in when it is touched --- */

struct pagein_range {
    uint32_t start, end; /* multiples of PAGE_SIZE */
    /* Fills in the new page at `page` (where it is mapped for the reader) with what belongs at address; false: it
       cannot, and the fault is a panic. Runs on the stack that faulted. May fault itself. */
    bool (*read)(struct pagein_range *range, uint32_t address, void *page);
    void *context;             /* for read */
    struct pagein_range *next; /* pagein_add's */
};

void pagein_init(void);
void pagein_add(struct pagein_range *range);
extern volatile uint32_t pagein_count; /* pages read in so far */

/* --- thread.c, switch.asm: threads with a guard page below their stack, in turn --- */

struct thread {
    uint32_t esp;           /* where switch_stack left it */
    struct ksg_stack stack; /* registered with ksg_add_stack; the page below its limit is not present */
    void (*function)(void);
    bool finished;
    struct thread *next; /* a ring */
};

/* A new thread, the last to have its turn. stack_size: a multiple of PAGE_SIZE. Call it with interrupts off; the thread
   starts with them off, too. */
struct thread *thread_create(const char *name, uint32_t stack_size, void (*function)(void));
/* Creates a thread and waits for its end. */
void thread_run(const char *name, uint32_t stack_size, void (*function)(void));
/* Lets the next thread run. Every thread has an interrupt flag of its own. */
void thread_yield(void);
void thread_wait(const struct thread *thread); /* for its end */
/* Ends the running thread. The same as returning from its function. */
_Noreturn void thread_exit(void);
extern struct thread *thread_current;
extern struct thread boot_thread; /* the boot stack counts as a thread: 8 KiB, from entry.asm */

/* --- process.c, process.asm: address spaces, each with its kernel stack at the same address --- */

#define PROCESS_STACK_LIMIT 0xd0001000u /* above IDENTITY_END. The page below is not present */
#define PROCESS_STACK_SIZE 0x2000u

struct process {
    uint32_t esp;       /* where its turn ended; process.asm knows that it is the first */
    uint32_t directory; /* physical, as all here: its page directory, */
    uint32_t stack;     /* and the pages that this maps at PROCESS_STACK_LIMIT */
    void (*function)(void);
};

/* Every process's. To be registered once, with ksg_add_stack: it is one address. */
extern struct ksg_stack process_stack;

/*
 * A new process. It has what is mapped now, and a stack of its own; what is mapped later, it has not. A process runs with
 * interrupts off until it lets another one run: there is no ring of them, as there is of threads.
 */
struct process *process_create(void (*function)(void));
/* Copies the running process and its stack. 0 in the child, which returns from here when it is run first. */
struct process *process_fork(void);
/* Lets another process run. Returns when it is this one's turn again. */
void process_run(struct process *next);
/* Back to what ran before the first process: also what the return of a process's function does. */
void process_leave(void);
extern struct process *process_current; /* 0: none has run yet */

/* --- cpu.c, cpu.asm: a second CPU --- */

/*
 * Starts it: with this kernel's GDT, IDT and page directory, on a stack of its own, interrupts off, no TSS in TR. It may not
 * use threads, nor anything else that a function of this kernel keeps to itself. When run returns it halts.
 */
void cpu_start(void (*run)(void), uint32_t stack_base);

/* --- user.c, user.asm: ring 3 --- */

void user_init(void);

/* Code and data that user mode may touch. They may use nothing else but system_call: no string constant, no function
   without USER_FUNCTION. */
#define USER_FUNCTION __attribute__((section(".user.text"), noinline))
#define USER_VARIABLE __attribute__((section(".user.data")))

/*
 * Goes on in user mode at entry, on a fresh user stack of one page. Never returns: the running thread's kernel stack is
 * used from its base again, by the first interrupt or system call. entry must not return but end with SYSTEM_EXIT.
 */
_Noreturn void user_run(void (*entry)(void));

/* A system call: number and arguments come from eax, ebx, ecx, edx; the result goes to eax. Interrupts are off. */
typedef uint32_t system_call_handler(uint32_t first, uint32_t second, uint32_t third);
enum { SYSTEM_EXIT = 0 /* thread_exit */, SYSTEM_CALLS = 16 };
void system_call_handle(unsigned number, system_call_handler *handler);

/* From ring 3 or from ring 0. */
__attribute__((always_inline)) static inline uint32_t system_call(uint32_t number, uint32_t first, uint32_t second,
                                                                  uint32_t third)
{
    uint32_t result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third) : "memory");
    return result;
}

/* --- ports --- */

static inline void out_byte(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in_byte(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

#endif
