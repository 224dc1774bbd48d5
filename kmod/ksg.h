/*
 * kstackguard: says who used up the kernel stack when a 32-bit x86 kernel double-faults.
 *
 * Link ksg.o into the kernel, register the stacks, install:
 *
 *     static struct ksg_stack boot_stack = { "boot", (ksg_address)stack_bottom, (ksg_address)stack_top };
 *
 *     ksg_add_stack(&boot_stack);
 *     status = ksg_install(0);
 *     if (status != KSG_OK)
 *         print(ksg_status_text(status));
 *
 * From then on a double fault prints a report on COM1 and halts. The page below each stack's limit has to be not
 * present: without it there is no double fault, see ksg_guard_page.
 *
 * The rules of the house:
 * - Every structure given to a function stays the caller's. Where a function says that it keeps the structure, it must
 *   stay where it is, unchanged, until it is removed; static storage is the usual place. Fields marked "private" start
 *   as 0 and are not touched afterwards.
 * - A field that is 0 means "the usual", which its comment names.
 * - A function that returns anything but KSG_OK has changed nothing, unless its comment says so.
 * - Nothing here is reentrant; call the functions from one CPU at a time. They may be called with interrupts enabled.
 * - No exception is lost to the kernel. For a few reads that may fault, and for a report, its IDT is put aside: a debug
 *   exception (a watchpoint, a single step), a non-maskable interrupt or a machine check that comes meanwhile is raised as
 *   soon as it is back, once however many came. DR6 is as the CPU left it.
 * - Addresses are linear (the kernel's flat segments), unless a comment says physical.
 * - SDM is the Intel 64 and IA-32 Architectures Software Developer's Manual.
 */
#ifndef KSG_H
#define KSG_H

#ifdef __cplusplus
extern "C" {
#endif

#define KSG_VERSION_MAJOR 1
#define KSG_VERSION_MINOR 0

/* A 32-bit linear address. */
typedef unsigned int ksg_address;

/*
 * How functions and hooks are called, by whatever flags the kernel is built (-mregparm=3, -mrtd): arguments on the stack,
 * and the caller takes them off. A hook is defined with it:
 *
 *     static void KSG_CALL put(void *context, char character) { ... }
 *
 * A kernel that is built without such flags, and has hooks without it, may define it as nothing before it includes this.
 */
#ifndef KSG_CALL
#if defined(__GNUC__) && defined(__i386__)
#define KSG_CALL __attribute__((__cdecl__, __regparm__(0)))
#elif defined(_M_IX86) || defined(__WATCOMC__)
#define KSG_CALL __cdecl
#else
#define KSG_CALL
#endif
#endif

/* What a function returns. The numbers are part of the interface: none changes its meaning. */
enum ksg_status {
    KSG_OK = 0,
    KSG_NULL = 1,                 /* a pointer that is needed is 0 */
    KSG_BAD_STACK = 2,            /* limit is not below base, or one of them is not a multiple of 4 */
    KSG_BAD_MODULE = 3,           /* no range, more than 4096, or one whose start is not below its end */
    KSG_ALREADY_ADDED = 4,        /* this structure is registered already */
    KSG_NOT_ADDED = 5,            /* this structure is not registered */
    KSG_BAD_SYMBOLS = 6,          /* the symbol table has a wrong magic, version, size or checksum */
    KSG_ALREADY_INSTALLED = 7,    /* on this CPU */
    KSG_NOT_INSTALLED = 8,        /* on this CPU */
    KSG_BAD_PORT = 9,             /* com_port is neither 0 to 4 nor the address of eight I/O ports */
    KSG_BAD_BAUD = 10,            /* baud is 1, or does not divide 115200 */
    KSG_IDT_TOO_SHORT = 11,       /* the live IDT has no entry 8, or none is loaded */
    KSG_BAD_SELECTOR = 12,        /* gdt_selector is 0 to 3, names the LDT, or lies outside the live GDT
                                     or in a page that cannot be written: a task switch writes to the entry */
    KSG_SELECTOR_IN_USE = 13,     /* the GDT entry at gdt_selector, or the one behind it when TR is 0, is present */
    KSG_GDT_TOO_LARGE = 14,       /* the GDT cannot be copied: selectors in use lie beyond the room for the copy */
    KSG_NOT_FLAT = 15,            /* the live CS or SS is no present, flat, 32-bit ring 0 segment of the GDT */
    KSG_BAD_TSS = 16,             /* TR holds a selector that is no 32-bit TSS, or one that cannot be written */
    KSG_BAD_PAGE_DIRECTORY = 17,  /* page_directory is not a multiple of 4096 (32 when CR4.PAE is set) */
    KSG_GATE_REPLACED = 18,       /* ksg_verify: IDT entry 8 is no longer our task gate */
    KSG_TSS_REPLACED = 19,        /* ksg_verify: the GDT entry or the TSS behind the gate is no longer as installed */
    KSG_GDT_REPLACED = 20,        /* ksg_verify: another GDT was loaded, in which our entry is missing */
    KSG_IDT_REPLACED = 21,        /* ksg_verify: another IDT was loaded, whose entry 8 is not ours */
    KSG_NO_PAGING = 22,           /* ksg_guard_page: CR0.PG is 0 */
    KSG_NOT_MAPPED = 23,          /* ksg_guard_page: the page is not present already */
    KSG_LARGE_PAGE = 24,          /* ksg_guard_page: the address lies in a 4 MiB or 2 MiB page */
    KSG_NO_PAGE_TABLES = 25,      /* ksg_guard_page: no page table could be found where physical_to_linear says */
    KSG_CPU_SHARES_GDT = 26,      /* ksg_install_cpu: this CPU's GDT entry is another CPU's; see there */
    KSG_NOT_PAINTED = 27,         /* ksg_check_stacks: there is no painted stack */
    KSG_STACK_TRAMPLED = 28,      /* ksg_check_stacks: a stack was used to its end, or almost; reported */
    KSG_BUSY = 29,                /* ksg_report: a report is being written already, by this CPU or another */
    KSG_OTHER_BUILD = 30,         /* the symbol table was made from another build than the code in memory */
    KSG_OLD_GDT_WRITTEN = 31      /* ksg_verify: ksg_install has copied the GDT, and since then the kernel has written to its
                                     old one, which the CPU does not use any more: what was written has no effect */
};

/* The status in words: a sentence without a full stop, never 0, also for a number that is no status. */
const char *KSG_CALL ksg_status_text(int status);

/* A kernel stack. It grows down from base to limit. Bytes at limit and above, below base, belong to it. */
struct ksg_stack {
    const char *name;   /* for the report; 0: no name */
    ksg_address limit;  /* lowest address; a multiple of 4. The guard page ends here */
    ksg_address base;   /* first address above the stack; a multiple of 4 */

    struct ksg_stack *next;  /* private */
    unsigned int check;      /* private */
    unsigned int painted;    /* private */
};

/* Registers a stack, and keeps the structure. It counts as not painted, also when it was registered and painted before.
   KSG_NULL, KSG_BAD_STACK, KSG_ALREADY_ADDED. */
int KSG_CALL ksg_add_stack(struct ksg_stack *stack);
/* Forgets it, for instance before the thread that it belonged to is freed. KSG_NULL, KSG_NOT_ADDED. */
int KSG_CALL ksg_remove_stack(struct ksg_stack *stack);

/* A range of code: start is its first byte, end the first byte after it. */
struct ksg_range {
    ksg_address start;
    ksg_address end;
};

/*
 * Code that counts as one user of the stack: a driver, say, that was loaded after the boot. What was linked into the
 * kernel needs none: the embedded symbol table knows its modules.
 */
struct ksg_module {
    const char *name;               /* for the report; 0: no name */
    const struct ksg_range *ranges; /* where its code is */
    unsigned int range_count;       /* 1 to 4096 */
    const void *symbols;            /* a table that ksgsym made, all of it in memory; 0: addresses without names */
    ksg_address symbols_offset;     /* added to each address of the table: where the module was loaded, less where it
                                       was linked */

    struct ksg_module *next;  /* private */
    unsigned int check;       /* private */
};

/* Registers a module; keeps the structure, its ranges and its symbols. KSG_NULL, KSG_BAD_MODULE, KSG_BAD_SYMBOLS,
   KSG_ALREADY_ADDED. */
int KSG_CALL ksg_add_module(struct ksg_module *module);
/* Forgets it, for instance before its code is unloaded. KSG_NULL, KSG_NOT_ADDED. */
int KSG_CALL ksg_remove_module(struct ksg_module *module);

/*
 * How to install. All hooks run inside the double-fault task, find_stack, put and write also inside ksg_report: on a
 * stack of the module's own (one that returns uses less than 256 bytes; ESP is a multiple of 16 at the call), with
 * interrupts off, on a GDT and IDT of the module's own, FS and GS 0, and with the kernel's locks held as they are. A hook
 * that faults costs its own result only.
 *
 * A hook may use x87, MMX and SSE as far as the kernel has switched them on (CR0.EM, CR4.OSFXSR): inside the double-fault
 * task CR0.TS, which the task switch sets (SDM vol. 3, 2.5), is clear again, and the registers hold what the crash left in
 * them. Inside ksg_report CR0 is as its caller has it, and these registers are not kept: as with any function.
 */
struct ksg_config {
    unsigned int com_port;        /* 1 to 4: COM1 to COM4 (3f8h, 2f8h, 3e8h, 2e8h); any other: the UART's first I/O
                                     port; 0: COM1 */
    unsigned int baud;            /* bits per second, 2 to 115200, a divisor of 115200; 0: 115200. 8 data bits, no
                                     parity, 1 stop bit */
    unsigned int debug_console;   /* 1: every character also to port e9h (QEMU's and Bochs' debug console); 0: not */
    unsigned int gdt_selector;    /* a GDT entry (index times 8) that is not present and that the module may have; when
                                     TR is 0 the one behind it as well. 0: the GDT is copied to a larger one of the
                                     module's own. A kernel that rewrites its own TSS entry and does ltr at every
                                     thread switch has to reserve an entry: it would write to its old GDT, and
                                     ksg_verify would return KSG_OLD_GDT_WRITTEN */
    ksg_address page_directory;   /* physical; what the double-fault task loads in CR3. It has to map the kernel, all
                                     stacks and this module, for as long as the module is installed; what is each
                                     process's own is read with victim_cr3. 0: the one that is live at ksg_install */
    ksg_address (KSG_CALL *victim_cr3)(void *context);
                                  /* the physical page directory that the kernel was on, which the CPU does not save (SDM
                                     vol. 3, 8.2.1: a task switch does not store CR3). Asked more than once in a report.
                                     When it is another one than page_directory, all of the kernel's memory is read
                                     through it, if the page tables of both can be read (physical_to_linear) and have
                                     this module at the same pages; find_stack is asked on it then. 0: not known */
    int (KSG_CALL *find_stack)(void *context, ksg_address esp, struct ksg_stack *found);
                                  /* fills in the stack that esp ran on, or ran off, and returns 1, or returns 0. Asked
                                     after the registered stacks, more than once in a report: it has to say the same
                                     each time. 0: none */
    void (KSG_CALL *stop_cpus)(void *context);
                                  /* stops the other CPUs, before anything is read. 0: they run on */
    void (KSG_CALL *put)(void *context, char character);
                                  /* takes the report instead of the UART. 0: the UART */
    void (KSG_CALL *write)(void *context, const char *text, unsigned int length);
                                  /* the same a line at a time, with its CR LF: at most 82 characters, which stay only
                                     until it returns. Goes before put. When it faults, the UART takes the line, too.
                                     0: put */
    void (KSG_CALL *finish)(void *context);
                                  /* after the report: switch off, restart. It need not return, and so may be the kernel's own
                                     double-fault handler with its panic screen: it may use 2048 bytes of stack, or 256
                                     when the report was given up after a third fault. The TSS that was in TR
                                     holds the registers of the crash. What needs the kernel's own GDT and IDT, interrupts,
                                     say, loads them first. 0, or when it returns: halt for ever */
    void *(KSG_CALL *physical_to_linear)(void *context, ksg_address physical);
                                  /* where the kernel sees a page table that lies at a physical address. Used by
                                     ksg_guard_page, once ksg_install has returned, and in the double-fault task where
                                     there is a victim_cr3. 0: the linear address equals the physical one */
    void *context;                /* given to each hook */
};

/*
 * Hooks the double fault on this CPU: makes IDT entry 8 a task gate to a TSS of the module's own, with its own stack
 * (SDM vol. 3, 6.12.2 and 8.2.5). Loads a TSS of its own in TR if TR is 0. config is copied; 0: all the usual.
 *
 * Call it in ring 0 once the kernel's GDT, IDT and paging are as they will stay. The reasons to refuse are KSG_BAD_PORT
 * to KSG_BAD_PAGE_DIRECTORY and KSG_ALREADY_INSTALLED, each described with its number, and KSG_GATE_REPLACED or
 * KSG_TSS_REPLACED when what was written to IDT or GDT does not stay there: they are in a ROM, say.
 *
 * KSG_BAD_SYMBOLS and KSG_OTHER_BUILD do not refuse: the double fault is hooked, but reports will have addresses for names.
 * The table knows where the kernel was linked, and a few bytes of each function: it may run elsewhere, and some of its code
 * may have been patched.
 */
int KSG_CALL ksg_install(const struct ksg_config *config);

/* Room for one CPU's task state segments, descriptor tables and stacks. */
#define KSG_CPU_SIZE 12544
struct ksg_cpu {
    unsigned int private_words[KSG_CPU_SIZE / 4];
};

/*
 * The same on a further CPU, to be called on that CPU after ksg_install on the first; keeps cpu. Where CPUs share one
 * IDT, each has to have its own GDT, with the same entry free: the gate names an entry, and the entry a TSS, and one TSS
 * cannot serve two CPUs. With a GDT of its own that it shares with no CPU, or when ksg_install copied the GDT, this is
 * so; else KSG_CPU_SHARES_GDT.
 */
int KSG_CALL ksg_install_cpu(struct ksg_cpu *cpu);

/*
 * Puts back this CPU's IDT entry 8 and its GDT entry or GDT as they were before. What somebody else has replaced since is
 * left alone, and told by the status of ksg_verify. Where TR was 0 it goes on holding the module's TSS until the kernel
 * loads one: until then a struct ksg_cpu has to stay where it is. KSG_NOT_INSTALLED.
 */
int KSG_CALL ksg_uninstall(void);

/*
 * Is the hook on this CPU still whole? KSG_OK, KSG_NOT_INSTALLED, or KSG_GATE_REPLACED to KSG_IDT_REPLACED; if it is, but
 * the kernel writes to a GDT that is not in use, KSG_OLD_GDT_WRITTEN, until the two are alike again; or if reports will have
 * addresses for names, KSG_BAD_SYMBOLS or KSG_OTHER_BUILD. Cheap enough for a timer interrupt: each call sums another 128
 * bytes of the symbol table, so that what damages it later is found after size / 128 calls.
 */
int KSG_CALL ksg_verify(void);

/*
 * Makes the page that holds address not present in the page tables that are live now, so that touching it faults. For a
 * stack that is address limit - 1. The page's memory is lost to the kernel, but not freed. Works with 4 KiB pages, with
 * and without PAE. KSG_NO_PAGING to KSG_NO_PAGE_TABLES. Other CPUs' TLBs are not flushed.
 */
int KSG_CALL ksg_guard_page(ksg_address address);

/*
 * Fills the unused part of a registered stack with a pattern, so that ksg_high_water and the report can tell how deep it
 * ever got, and ksg_check_stacks whether its end was reached. Called by code that runs on this stack, it leaves what is in
 * use alone; a stack that somebody else runs on, or whose thread waits, must not be painted: that would destroy its frames.
 * KSG_NULL, KSG_NOT_ADDED.
 */
int KSG_CALL ksg_paint(struct ksg_stack *stack);

/* How many bytes of a painted stack, counted from its base, were ever used; 0: it was never painted, or is not mapped now.
   What was used but happens to hold the pattern does not count; in bytes, a multiple of 4. */
unsigned int KSG_CALL ksg_high_water(const struct ksg_stack *stack);

/* The lowest bytes of a painted stack that nobody should ever touch: so many, or an eighth of the stack if that is less, but 32
   at least. */
#define KSG_CANARY_SIZE 512

/*
 * For kernels without paging or guard pages, where running out of stack faults nowhere: are the lowest KSG_CANARY_SIZE bytes
 * of each painted stack still as painted? To be called at every thread switch, or from the timer interrupt: each call looks
 * at all of the lowest 32 bytes, and at one word in each 32 of the rest, which is another one each time, so that all are
 * looked at in eight calls. It costs some ten instructions a word. KSG_OK, KSG_NOT_PAINTED, or KSG_STACK_TRAMPLED: then it
 * has written the full report of the code that called it, which names the trampled stack and says whether its very end
 * was touched or only what is near it; once for each stack until that is painted again. When the report cannot be written
 * now, it returns the status of ksg_report, KSG_NOT_INSTALLED or KSG_BUSY, and a later call writes it. A stack that is
 * not mapped now, another process's, say, is left out.
 */
int KSG_CALL ksg_check_stacks(void);

/* How many stacks the last ksg_check_stacks left out. */
unsigned int KSG_CALL ksg_skipped_stacks(void);

/* What ksg_report is given: the registers of the code to report on, as an exception stub saved them. */
struct ksg_registers {
    unsigned int eax, ebx, ecx, edx, esi, edi, ebp;
    ksg_address esp;     /* as it was in that code: from kernel mode, the address above the pushed EFLAGS */
    ksg_address eip;
    unsigned int eflags;
    unsigned int cs, ss, ds, es, fs, gs; /* the upper halves are ignored */
    ksg_address cr2;     /* for a page fault; else 0 */
};

/*
 * The same report on demand: for any exception handler, panic or assertion, on a live stack. Returns afterwards, and
 * nothing has changed, the UART's settings included. It runs on a stack of the module's own, with interrupts off. Other
 * CPUs are not stopped, and finish is not called.
 * registers: of the code to report on; 0: of the caller. reason: one line for the headline, at most 64 characters; 0: none.
 * It is no format: a % stands for itself.
 * KSG_NOT_INSTALLED; KSG_BUSY when a report is being written, also when this call comes from within one.
 */
int KSG_CALL ksg_report(const struct ksg_registers *registers, const char *reason);

/*
 * Overflows the stack of the caller, on purpose, to see the report before it is needed. Recurses until the stack is gone;
 * never returns, but on a stack without an end. It writes over whatever lies below a stack without a guard page.
 */
void KSG_CALL ksg_overflow(void);

#ifdef __cplusplus
}
#endif

#endif
