/* The timer interrupt of a PIC that nobody has remapped arrives as vector 8. */
#include "kernel.h"

#define PIC_COMMAND 0x20
#define PIC_DATA 0x21

/* As the PC's firmware leaves it: IRQ 0 to 7 are vectors 8 to 15. All are unmasked. */
static void pic_undo_remapping(void)
{
    out_byte(PIC_COMMAND, 0x11);
    out_byte(PIC_DATA, 8);
    out_byte(PIC_DATA, 4);
    out_byte(PIC_DATA, 1);
}

static void worker(void)
{
    timer_start(100);
    pic_undo_remapping();
    interrupts_enable();
    for (;;)
        ;
}

void scenario(void)
{
    kernel_install(0);
    thread_run("worker", 0x1000, worker);
}
