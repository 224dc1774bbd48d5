/* The serial line: an 8250 or any of its successors, polled. */
#ifndef I386_UART_H
#define I386_UART_H

#include <stdbool.h>
#include <stdint.h>

#define UART_BAUD 115200u /* with divisor 1 */

struct uart {
    uint16_t port;    /* the first of its eight; 0: not opened */
    uint16_t divisor; /* of UART_BAUD */
    uint8_t burst;    /* how many characters it takes once it is empty */
    uint8_t room;     /* how many of them are left */
    bool dead;        /* nothing is there, or it has stopped sending: it is not asked again */
    struct {
        uint8_t lcr, ier, mcr, divisor_low, divisor_high;
    } before; /* the host's settings */
};

/* Sets it to 8 data bits, no parity, 1 stop bit, without interrupts, after it has sent what it had. When port is 0 in
   uart, notes before how it was set. */
void uart_open(struct uart *uart, uint16_t port, uint16_t divisor);

/* Before each line: opens it again if anything of that has changed since, in memory or in the UART itself, which another CPU
   may be using. */
void uart_renew(struct uart *uart, uint16_t port, uint16_t divisor);

/* Sends one character, or drops it when the line is dead. */
void uart_put(struct uart *uart, char character);

/* Waits, not for ever, until the last bit is out, and sets it as it was before. */
void uart_close(struct uart *uart);

#endif
