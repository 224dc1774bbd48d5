/* The kernel's own console: a 16550 at COM1, polled. */
#include "kernel.h"

enum uart {
    COM1 = 0x3f8,
    UART_DATA = COM1,           /* also the divisor's low byte */
    UART_INTERRUPTS = COM1 + 1, /* also its high byte */
    UART_FIFO = COM1 + 2,
    UART_LINE_CONTROL = COM1 + 3,
    UART_MODEM_CONTROL = COM1 + 4,
    UART_LINE_STATUS = COM1 + 5
};
#define LINE_8N1 0x03
#define LINE_DIVISOR 0x80 /* UART_DATA and UART_INTERRUPTS are the divisor */
#define FIFO_ON_AND_EMPTY 0x07
#define MODEM_DTR_RTS 0x03
#define STATUS_CAN_SEND 0x20
#define SEND_ATTEMPTS 100000 /* a stopped line must not stop the kernel */

void console_init(void)
{
    out_byte(UART_INTERRUPTS, 0);
    out_byte(UART_LINE_CONTROL, LINE_DIVISOR | LINE_8N1);
    out_byte(UART_DATA, 1); /* 115200 bits per second */
    out_byte(UART_INTERRUPTS, 0);
    out_byte(UART_LINE_CONTROL, LINE_8N1);
    out_byte(UART_FIFO, FIFO_ON_AND_EMPTY);
    out_byte(UART_MODEM_CONTROL, MODEM_DTR_RTS);
}

void console_put(char character)
{
    unsigned attempts = SEND_ATTEMPTS;

    while (!(in_byte(UART_LINE_STATUS) & STATUS_CAN_SEND) && --attempts != 0)
        ;
    out_byte(UART_DATA, (uint8_t)character);
}

void console_print(const char *text)
{
    for (; *text != 0; text++) {
        if (*text == '\n')
            console_put('\r');
        console_put(*text);
    }
}

void console_hex(uint32_t number)
{
    for (unsigned shift = 32; shift != 0; shift -= 4)
        console_put("0123456789abcdef"[number >> (shift - 4) & 0xf]);
}
