/* The report goes where the kernel wants it, a character at a time: here to port e9h. */
#include "overflow.h"

struct line {
    uint16_t port;
};

static void KSG_CALL put(void *context, char character)
{
    const struct line *line = context;

    out_byte(line->port, (uint8_t)character);
}

void scenario(void)
{
    static struct line line = {0xe9};
    struct ksg_config config = {.put = put, .context = &line};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
