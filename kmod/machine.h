/* What arch offers to kmod during a crash: memory, a sink for lines, a guard against its own faults. */
#ifndef KMOD_MACHINE_H
#define KMOD_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "fit.h"
#include "ksg.h"
#include "memory.h"

/* A fault inside the handler itself. */
struct fault {
    uint32_t vector;
    uint32_t eip;
    uint32_t address; /* CR2 when vector is 14 */
};

struct machine {
    struct memory memory;
    /* Writes some of the report: a line, with its CR LF. Never waits without a limit. */
    void (*write)(struct machine *machine, const char *text, uint32_t count);
    /* Runs part(argument). When it faults, it is left where it is, fault is filled in, and the result is false. */
    bool (*guard)(struct machine *machine, void (*part)(void *argument), void *argument, struct fault *fault);
    /* How much of the handler's own stack was ever used, and its size; both in bytes. */
    uint32_t (*stack_used)(struct machine *machine, uint32_t *size);
    const struct ksg_config *config; /* for its hook find_stack; the others are arch's business. 0: none */
    bool config_damaged;             /* what it was is lost: it is all the usual */
    uint8_t own_count;               /* ranges in which the module itself lies: */
    const struct ksg_range *own;
    enum table_fit symbols_fit;            /* does the embedded table fit the code? */
    uint32_t symbols_offset;         /* what the kernel runs above where it was linked */
};

#endif
