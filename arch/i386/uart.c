/* The serial line: an 8250 or any of its successors, polled. Register names are those of the PC16550D data sheet. */
#include "uart.h"

#include "port.h"

enum uart_register {
    DATA = 0, /* DIVISOR_LOW when DLAB is set */
    IER = 1,  /* DIVISOR_HIGH when DLAB is set */
    IIR = 2,  /* read. Written it is FCR, which cannot be read, and so not be put back: it stays as the host has it */
    LCR = 3,
    MCR = 4,
    LSR = 5
};

#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define IIR_FIFO 0xc0 /* both bits: a FIFO that works. The first 16550 had a broken one, and sets one bit */
#define MCR_DTR_RTS 0x03
#define LSR_THRE 0x20 /* takes characters */
#define LSR_TEMT 0x40 /* has sent the last bit */

#define FIFO_SIZE 16

/*
 * How often LSR is read before the line counts as dead. At 115200 baud a full FIFO takes 1.4 ms, with a larger divisor
 * proportionally longer; one read takes about 1 us on a PC, 0.1 us in an emulator. POLLS_OF_GRACE are for an emulator
 * whose own output is held up for a while.
 */
#define POLLS_OF_GRACE 1000000u
#define POLLS_PER_DIVISOR 50000u

static uint8_t uart_read(const struct uart *uart, enum uart_register number)
{
    return port_read((uint16_t)(uart->port + number));
}

static void uart_write(const struct uart *uart, enum uart_register number, uint8_t value)
{
    port_write((uint16_t)(uart->port + number), value);
}

static bool await(const struct uart *uart, uint8_t status)
{
    uint32_t polls = POLLS_OF_GRACE + POLLS_PER_DIVISOR * uart->divisor;

    while (polls--) {
        if (uart_read(uart, LSR) & status)
            return true;
    }
    return false;
}

static bool has_fifo(const struct uart *uart)
{
    return (uart_read(uart, IIR) & IIR_FIFO) == IIR_FIFO;
}

static void note(struct uart *uart)
{
    uart->before.lcr = uart_read(uart, LCR);
    uart->before.mcr = uart_read(uart, MCR);
    uart_write(uart, LCR, LCR_DLAB | LCR_8N1);
    uart->before.divisor_low = uart_read(uart, DATA);
    uart->before.divisor_high = uart_read(uart, IER);
    uart_write(uart, LCR, LCR_8N1);
    uart->before.ier = uart_read(uart, IER);
}

static void restore(struct uart *uart)
{
    uart_write(uart, LCR, LCR_DLAB | LCR_8N1);
    uart_write(uart, DATA, uart->before.divisor_low);
    uart_write(uart, IER, uart->before.divisor_high);
    uart_write(uart, LCR, LCR_8N1);
    uart_write(uart, IER, uart->before.ier);
    uart_write(uart, MCR, uart->before.mcr);
    uart_write(uart, LCR, uart->before.lcr);
}

void uart_open(struct uart *uart, uint16_t port, uint16_t divisor)
{
    bool first = uart->port == 0;

    uart->port = port;
    uart->divisor = divisor;
    await(uart, LSR_TEMT);
    if (first)
        note(uart);
    uart_write(uart, LCR, LCR_DLAB | LCR_8N1);
    uart_write(uart, DATA, (uint8_t)divisor);
    uart_write(uart, IER, (uint8_t)(divisor >> 8));
    uart_write(uart, LCR, LCR_8N1);
    uart_write(uart, MCR, MCR_DTR_RTS);
    uart_write(uart, IER, 0);
    /* LCR reads back on every model. Where there is none the bus reads ffh, or what was on it last: the 0 above. */
    uart->dead = uart_read(uart, LCR) != LCR_8N1;
    uart->burst = has_fifo(uart) ? FIFO_SIZE : 1;
    uart->room = 0;
}

/* Does it still stand as uart_open left it? */
static bool unchanged(const struct uart *uart)
{
    return uart_read(uart, LCR) == LCR_8N1 && uart_read(uart, MCR) == MCR_DTR_RTS && uart_read(uart, IER) == 0 &&
           uart->burst == (has_fifo(uart) ? FIFO_SIZE : 1);
}

void uart_renew(struct uart *uart, uint16_t port, uint16_t divisor)
{
    bool same = uart->port == port && uart->divisor == divisor;
    bool stuck = uart->dead && !(uart_read(uart, LSR) & LSR_THRE);

    if (same && (stuck || (unchanged(uart) && !uart->dead)))
        uart->room = 0;
    else
        uart_open(uart, port, divisor);
}

void uart_put(struct uart *uart, char character)
{
    if (uart->dead)
        return;
    if (uart->room == 0) {
        if (!await(uart, LSR_THRE)) {
            uart->dead = true;
            return;
        }
        uart->room = uart->burst;
    }
    uart->room--;
    uart_write(uart, DATA, (uint8_t)character);
}

void uart_close(struct uart *uart)
{
    if (uart->dead)
        return;
    await(uart, LSR_TEMT);
    restore(uart);
}
