/* Assembly text, with the unwind information of each instruction that moves the stack. */
#ifndef ACCURACY_WRITER_H
#define ACCURACY_WRITER_H

#include "plan.h"

struct writer {
    FILE *file;
    unsigned depth; /* bytes from ESP up to the CFA */
    unsigned frame; /* bytes from EBP up to the CFA, which is known by it; 0: it is known by ESP */
};

/* A function's first and last lines. Without described it has neither type nor size, as a mere label. */
void writer_begin(struct writer *writer, struct plan *plan, const char *name, bool described);
void writer_end(struct writer *writer, const char *name, bool described);

/* An instruction that leaves the stack alone. */
__attribute__((format(printf, 2, 3))) void writer_line(struct writer *writer, const char *format, ...);

/* push register; saved: whose value the function keeps. And pop, which gives it back. */
void writer_push(struct writer *writer, const char *reg, bool saved);
void writer_pop(struct writer *writer, const char *reg, bool saved);
/* An instruction that moves ESP by so many bytes downward; upward if negative. */
__attribute__((format(printf, 3, 4))) void writer_move(struct writer *writer, int bytes, const char *format, ...);
/* A register's value is at so many bytes above ESP. */
void writer_stored(struct writer *writer, const char *reg, unsigned above);
/* mov ebp, esp, when EBP was pushed last; and leave. */
void writer_frame(struct writer *writer);
void writer_leave(struct writer *writer);

#endif
