/* The Test Anything Protocol: ok() for every check, `return tap_end();` at the end of main. */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned tap_count;
static unsigned tap_failures;

/* One test, named as by printf. Returns condition: a failure can be explained by lines that start with "#". */
__attribute__((format(printf, 2, 3))) static inline bool ok(bool condition, const char *name, ...)
{
    va_list arguments;

    tap_count++;
    if (!condition)
        tap_failures++;
    printf("%s %u - ", condition ? "ok" : "not ok", tap_count);
    va_start(arguments, name);
    vprintf(name, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout); /* a test program that crashes next has said how far it came */
    return condition;
}

/* The plan, and the program's exit status: 1 when a test failed. */
static inline int tap_end(void)
{
    printf("1..%u\n", tap_count);
    return tap_failures == 0 ? 0 : 1;
}

#endif
