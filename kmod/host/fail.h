/* How a program on the developer's machine gives up: one sentence, and an exit status. */
#ifndef KMOD_HOST_FAIL_H
#define KMOD_HOST_FAIL_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define EXIT_REFUSED 1 /* a file cannot be read or written, or is not what it should be */
#define EXIT_WRONG_COMMAND 2

/* The program's name; defined beside main. */
extern const char program_name[];

__attribute__((format(printf, 1, 0))) static inline void complain(const char *format, va_list arguments)
{
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, arguments);
    fputs(".\n", stderr);
}

/* format as for printf: a sentence without its full stop. */
__attribute__((format(printf, 1, 2))) static inline void warn(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
}

/* The same, and ends the program. */
__attribute__((format(printf, 2, 3), noreturn)) static inline void fail(int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    exit(status);
}

/* The status to end with: this one, if all that was printed came through. */
static inline int printed(int status)
{
    int failed = ferror(stdout);

    if (fclose(stdout) != 0 || failed)
        fail(EXIT_REFUSED, "not all of what it says could be written");
    return status;
}

#endif
