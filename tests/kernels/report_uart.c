/* The kernel's own settings of the UART are what they were after a report that has used its own. */
#include "check.h"

enum { COM1 = 0x3f8, DATA = COM1, IER, IIR, LCR, MCR };

#define LCR_7E1 0x1a
#define LCR_DLAB 0x80
#define IER_RECEIVED 0x01
#define MCR_DTR_OUT2 0x09 /* OUT2 gates the interrupt on a PC */
#define DIVISOR 0x102
#define FIFO_OFF 0

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

void scenario(void)
{
    struct settings before, after;

    kernel_install(0);
    set();
    before = read();
    CHECK(before.lcr == LCR_7E1 && before.divisor_low == (DIVISOR & 0xff));
    CHECK(ksg_report(0, "one") == KSG_OK);
    after = read();
    CHECK(same_bytes(&before, &after, sizeof before));
    exit_machine(EXIT_PASSED);
}
