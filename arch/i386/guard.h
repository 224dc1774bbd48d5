/* Running something that may fault, and coming back. */
#ifndef I386_GUARD_H
#define I386_GUARD_H

#include "private.h"

/* Lies on the stack of the one who set it, as guard.asm pushed it. Guards nest. */
struct guard {
    struct guard *previous;
    struct fault *fault; /* to be filled in */
};

/* Runs part(argument) under a new innermost guard. False: it faulted. Interrupts are off afterwards.
   Of one that comes back with the stack or innermost astray, it is as if it had faulted. */
bool guard_run(struct guard **innermost, void (*part)(void *argument), void *argument, struct fault *fault);

/* The same for the CPU that runs this. */
static inline bool guarded(void (*part)(void *argument), void *argument, struct fault *fault)
{
    return guard_run(&private_cpu()->guard, part, argument, fault);
}

/* Makes the guard_run that set guard, and is at innermost, return false. */
_Noreturn void guard_leave(struct guard **innermost, struct guard *guard);

#endif
