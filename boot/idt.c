/* The interrupt descriptor table, and the way from a stub to the C function that handles its vector. */
#include "kernel.h"

/* The high word's middle, SDM vol. 3, figure 6-2. */
enum gate {
    GATE_PRESENT = 0x8000,
    GATE_INTERRUPT = 0x0e00, /* 32-bit; clears IF */
    GATE_TASK = 0x0500
};
#define GATE_RING_SHIFT 13
#define EXCEPTIONS 32

struct descriptor idt[IDT_ENTRIES];
static interrupt_handler *handlers[IDT_ENTRIES];

extern void (*const interrupt_stubs[STUBS])(void);
void trap_128(void);

void idt_set_gate(unsigned vector, void (*entry)(void), unsigned ring)
{
    uint32_t offset = (uint32_t)entry;

    idt[vector].low = (uint32_t)KERNEL_CODE << 16 | (offset & 0xffff);
    idt[vector].high = (offset & 0xffff0000) | GATE_PRESENT | ring << GATE_RING_SHIFT | GATE_INTERRUPT;
}

void idt_set_task_gate(unsigned vector, uint16_t tss_selector)
{
    idt[vector].low = (uint32_t)tss_selector << 16;
    idt[vector].high = GATE_PRESENT | GATE_TASK;
}

void idt_clear(unsigned vector)
{
    idt[vector].low = 0;
    idt[vector].high = 0;
}

void idt_set_limit(uint16_t limit)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        struct descriptor *base;
    } idtr = {limit, idt};

    __asm__ volatile("lidt %0" : : "m"(idtr), "m"(idt));
}

void idt_init(void)
{
    for (unsigned vector = 0; vector < STUBS; vector++)
        idt_set_gate(vector, interrupt_stubs[vector], 0);
    idt_set_gate(VECTOR_SYSTEM_CALL, trap_128, 3);
    idt_set_limit(sizeof idt - 1);
}

void interrupt_handle(unsigned vector, interrupt_handler *handler)
{
    handlers[vector] = handler;
}

_Noreturn void interrupt_unhandled(const struct interrupt_frame *frame)
{
    uint32_t cr2;

    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    console_print("exception ");
    console_hex(frame->vector);
    console_print(" at ");
    console_hex(frame->eip);
    console_print(", error code ");
    console_hex(frame->error_code);
    console_print(", cr2 ");
    console_hex(cr2);
    kernel_panic("");
}

/* Called by the stubs, with interrupts off. */
void KSG_CALL interrupt_dispatch(struct interrupt_frame *frame)
{
    interrupt_handler *handler = handlers[frame->vector];

    if (handler != 0)
        handler(frame);
    else if (frame->vector < EXCEPTIONS)
        interrupt_unhandled(frame);
    if (frame->vector == VECTOR_TIMER) /* the running thread's turn is over */
        thread_yield();
}
