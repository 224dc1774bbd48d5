/* One trial, as the host puts it into the guest's memory. */
#ifndef TESTS_INJECT_PLAN_H
#define TESTS_INJECT_PLAN_H

#include <stddef.h>
#include <stdint.h>

#define PLAN_DAMAGES 8
#define PLAN_BYTES 512

/* How the kernel crashes. */
enum crash_by { CRASH_OVERFLOW, CRASH_BAD_GATE, CRASH_BAD_ESP, CRASHES };

/* When the damage is done. */
enum moment {
    MOMENT_BEFORE, /* by the code that crashes, right before */
    MOMENT_CAUGHT, /* in the double-fault task, before it has read anything */
    MOMENT_WITHIN, /* after so many of its instructions */
    MOMENTS
};

/* Bytes are written over memory, or its bits flipped, or the bytes are written to I/O ports from address on. */
enum way { WAY_SET, WAY_FLIP, WAY_PORT };

struct damage {
    uint32_t way;
    uint32_t address; /* physical */
    uint32_t count;
    uint32_t first;   /* in bytes */
};

struct plan {
    /* From the host; ready last. */
    uint32_t ready;
    uint32_t crash;
    uint32_t moment;
    uint32_t instructions;         /* MOMENT_WITHIN */
    uint32_t not_counted[2];       /* start and length of code whose instructions do not count: it waits for the UART, sometimes longer */
    uint32_t damage_count;
    struct damage damage[PLAN_DAMAGES];
    uint8_t bytes[PLAN_BYTES];
    /* From the guest. */
    uint32_t stepped; /* instructions since MOMENT_CAUGHT */
    uint32_t applied; /* the damage is done */
    uint32_t waiting; /* for ready */
    uint32_t stack;   /* the struct ksg_stack that the victim runs on */
};

_Static_assert(offsetof(struct plan, instructions) == 12 && offsetof(struct plan, not_counted) == 16 &&
                   offsetof(struct plan, stepped) == 28 + PLAN_DAMAGES * 16 + PLAN_BYTES,
               "as step.asm has it");

#endif
