/* finish is the kernel's own double-fault handler, which shows its panic screen and never returns: on its own tables, with
   interrupts of its own, and with as much stack as ksg.h promises. */
#include "check.h"
#include "overflow.h"

#define SCREEN 1920 /* of the 2048 bytes */
#define VECTOR_SCREEN 0x30

static struct table own_gdt, own_idt;
static const char *shown;

static void show(struct interrupt_frame *frame)
{
    (void)frame;
    console_print(shown);
}

static void KSG_CALL double_fault(void *context)
{
    volatile char screen[SCREEN];

    (void)context;
    gdt_load(own_gdt);
    idt_load(own_idt);
    for (unsigned i = 0; i < SCREEN - 1; i++)
        screen[i] = i % 80 == 79 ? '\n' : '#';
    screen[SCREEN - 1] = 0;
    shown = (const char *)screen;
    __asm__ volatile("int %0" : : "i"(VECTOR_SCREEN) : "memory");
    console_print("\npanic: eip ");
    console_hex(tss.eip); /* where the CPU has left the registers of the crash */
    console_print(", esp ");
    console_hex(tss.esp);
    console_print("\n");
    exit_machine(EXIT_REPORTED);
}

void scenario(void)
{
    struct ksg_config config = {.finish = double_fault};

    own_gdt = gdt_loaded();
    own_idt = idt_loaded();
    interrupt_handle(VECTOR_SCREEN, show);
    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
