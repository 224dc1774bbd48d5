/* What the kernel asked for is kept twice: one copy that was overwritten costs nothing, and with both gone it is all as usual
   and without hooks. */
#include "check.h"

#define MARK 0x5eed5eedu
#define BSS_MOST 0x40000u /* bytes */

extern char user_data_end[]; /* linker.ld: .bss is behind it */

static void KSG_CALL put(void *context, char character)
{
    CHECK((uint32_t)context == MARK);
    console_put(character);
}

/* Overwrites the context in at most so many copies of the configuration. */
static unsigned spoil(unsigned most)
{
    unsigned spoilt = 0;

    for (uint32_t at = (uint32_t)user_data_end; at < (uint32_t)user_data_end + BSS_MOST && spoilt < most; at += 4) {
        volatile uint32_t *word = (volatile uint32_t *)at;

        if (!page_present(at) || *word != MARK)
            continue;
        *word = ~MARK;
        spoilt++;
    }
    return spoilt;
}

static void worker(void)
{
    CHECK(spoil(1) == 1);
    CHECK(ksg_report(0, "one copy") == KSG_OK);
    CHECK(spoil(3) == 2);
    CHECK(ksg_report(0, "no copy") == KSG_OK);
    exit_machine(EXIT_REPORTED);
}

void scenario(void)
{
    struct ksg_config config = {.put = put, .context = (void *)MARK};

    kernel_install(&config);
    thread_run("worker", 0x2000, worker);
}
