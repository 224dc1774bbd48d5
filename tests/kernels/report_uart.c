/* The kernel's own settings of the UART are what they were after a report that has used its own: without FIFOs, and with. */
#include "check.h"

enum { COM1 = 0x3f8, DATA = COM1, IER, IIR, LCR, MCR };

#define LCR_7E1 0x1a
#define LCR_DLAB 0x80
#define IER_RECEIVED 0x01
#define MCR_DTR_OUT2 0x09 /* OUT2 gates the interrupt on a PC */
#define DIVISOR 0x102
#define FIFO_OFF 0
#define FIFO_ON 1
#define TRIGGER_14 0xc0 /* an interrupt once 14 characters have come */
#define MCR_LOOP 0x10
#define IIR_RECEIVED 0x04

struct settings {
    uint8_t data, ier, iir, lcr, mcr, divisor_low, divisor_high;
};

static void set(void)
{
    out_byte(LCR, LCR_DLAB | LCR_7E1);
    out_byte(DATA, DIVISOR & 0xff);
    out_byte(IER, DIVISOR >> 8);
    out_byte(LCR, LCR_7E1);
    out_byte(IER, IER_RECEIVED);
    out_byte(IIR, FIFO_OFF);
    out_byte(MCR, MCR_DTR_OUT2);
}

static struct settings read(void)
{
    struct settings settings = {.ier = in_byte(IER), .iir = in_byte(IIR), .lcr = in_byte(LCR), .mcr = in_byte(MCR)};

    out_byte(LCR, LCR_DLAB | LCR_7E1);
    settings.divisor_low = in_byte(DATA);
    settings.divisor_high = in_byte(IER);
    out_byte(LCR, LCR_7E1);
    return settings;
}

/* FCR cannot be read. But where the UART hears itself, it tells after how many characters it interrupts. */
static unsigned trigger_level(void)
{
    uint8_t mcr = in_byte(MCR);
    unsigned sent = 0;

    out_byte(MCR, mcr | MCR_LOOP);
    while (sent < 16 && (in_byte(IIR) & 0xf) != IIR_RECEIVED) {
        out_byte(DATA, 'x');
        sent++;
    }
    for (unsigned i = 0; i < sent; i++)
        in_byte(DATA);
    out_byte(MCR, mcr);
    return sent;
}

__attribute__((noinline)) static void check_report(const char *reason)
{
    struct settings before = read(), after;

    CHECK(ksg_report(0, reason) == KSG_OK);
    after = read();
    CHECK(same_bytes(&before, &after, sizeof before));
}

void scenario(void)
{
    kernel_install(0);
    set();
    CHECK(read().lcr == LCR_7E1 && read().divisor_low == (DIVISOR & 0xff));
    check_report("one");
    out_byte(IIR, FIFO_ON | TRIGGER_14);
    CHECK(trigger_level() == 14);
    check_report("two");
    CHECK(trigger_level() == 14);
    exit_machine(EXIT_PASSED);
}
