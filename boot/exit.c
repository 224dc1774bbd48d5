/* Leaving the virtual machine. */
#include "kernel.h"

#define ISA_DEBUG_EXIT 0xf4 /* qemu -device isa-debug-exit,iobase=0xf4,iosize=0x04 */
#define BOCHS_EXIT 0x8900   /* Bochs ends when it reads "Shutdown" here */

_Noreturn void exit_machine(enum exit_value value)
{
    out_byte(ISA_DEBUG_EXIT, (uint8_t)value);
    for (const char *text = "Shutdown"; *text != 0; text++)
        out_byte(BOCHS_EXIT, (uint8_t)*text);
    for (;;) /* no such device */
        __asm__ volatile("cli; hlt");
}
