/* The timer interrupt: the two 8259 interrupt controllers, and channel 0 of the 8254 timer. */
#include "kernel.h"

enum pic {
    PIC_COMMAND = 0x20,
    PIC_MASK = 0x21,
    PIC2_COMMAND = 0xa0,
    PIC2_MASK = 0xa1,
    PIC_INITIALISE = 0x11, /* ICW1: cascaded, ICW4 follows */
    PIC_CASCADE = 2,       /* the second hangs at IRQ 2 of the first */
    PIC_8086 = 0x01,
    PIC_END = 0x20,
    PIC_MASK_ALL = 0xff,
    PIC_MASK_ALL_BUT_TIMER = 0xfe
};

enum pit {
    PIT_CHANNEL0 = 0x40,
    PIT_COMMAND = 0x43,
    PIT_RATE_GENERATOR = 0x34, /* channel 0, low byte then high byte, mode 2 */
    PIT_HERTZ = 1193182
};

volatile uint32_t timer_ticks;
void (*timer_hook)(struct interrupt_frame *frame);

/* After reset IRQ 0 arrives as vector 8, the double fault's. */
void pic_init(void)
{
    out_byte(PIC_COMMAND, PIC_INITIALISE);
    out_byte(PIC2_COMMAND, PIC_INITIALISE);
    out_byte(PIC_MASK, VECTOR_IRQ);
    out_byte(PIC2_MASK, VECTOR_IRQ + 8);
    out_byte(PIC_MASK, 1 << PIC_CASCADE);
    out_byte(PIC2_MASK, PIC_CASCADE);
    out_byte(PIC_MASK, PIC_8086);
    out_byte(PIC2_MASK, PIC_8086);
    out_byte(PIC_MASK, PIC_MASK_ALL);
    out_byte(PIC2_MASK, PIC_MASK_ALL);
}

static void timer_tick(struct interrupt_frame *frame)
{
    out_byte(PIC_COMMAND, PIC_END); /* first: who runs next wants ticks too */
    if (timer_hook != 0)
        timer_hook(frame);
    timer_ticks++;
}

void timer_start(unsigned hertz)
{
    unsigned divisor = PIT_HERTZ / hertz;

    interrupt_handle(VECTOR_TIMER, timer_tick);
    out_byte(PIT_COMMAND, PIT_RATE_GENERATOR);
    out_byte(PIT_CHANNEL0, (uint8_t)divisor);
    out_byte(PIT_CHANNEL0, (uint8_t)(divisor >> 8));
    out_byte(PIC_MASK, PIC_MASK_ALL_BUT_TIMER);
}

void timer_stop(void)
{
    out_byte(PIC_MASK, PIC_MASK_ALL);
}
