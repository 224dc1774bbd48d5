/* The report goes where the kernel wants it, a line at a time: here to port e9h. */
#include "overflow.h"

#define LONGEST 82

static void KSG_CALL write(void *context, const char *text, unsigned length)
{
    if (context || length < 2 || length > LONGEST || text[length - 2] != '\r' || text[length - 1] != '\n')
        *(volatile uint32_t *)0xf0000000 = 0; /* then nothing more comes here */
    for (unsigned i = 0; i < length; i++)
        out_byte(0xe9, (uint8_t)text[i]);
}

static void KSG_CALL put(void *context, char character)
{
    (void)context;
    out_byte(0xe9, (uint8_t)character); /* write goes before it: else all would be there twice */
}

void scenario(void)
{
    struct ksg_config config = {.put = put, .write = write};

    kernel_install(&config);
    thread_run("worker", 0x1000, overflow);
}
