/* Assembly text, with the unwind information of each instruction that moves the stack. */
#include "writer.h"

#include <stdarg.h>

void writer_begin(struct writer *writer, struct plan *plan, const char *name, bool described)
{
    writer->file = plan->assembly;
    writer->depth = 4;
    writer->frame = 0;
    fprintf(writer->file, "\n    .p2align %u, 0x90\n    .globl %s\n", random_below(&plan->random, 5), name);
    if (described)
        fprintf(writer->file, "    .type %s, @function\n", name);
    fprintf(writer->file, "%s:\n    .cfi_startproc\n", name);
}

void writer_end(struct writer *writer, const char *name, bool described)
{
    fprintf(writer->file, "    .cfi_endproc\n");
    if (described)
        fprintf(writer->file, "    .size %s, . - %s\n", name, name);
}

void writer_line(struct writer *writer, const char *format, ...)
{
    va_list arguments;

    fprintf(writer->file, "    ");
    va_start(arguments, format);
    vfprintf(writer->file, format, arguments);
    va_end(arguments);
    fprintf(writer->file, "\n");
}

static void moved(struct writer *writer, int bytes)
{
    writer->depth += (unsigned)bytes;
    if (!writer->frame)
        fprintf(writer->file, "    .cfi_def_cfa_offset %u\n", writer->depth);
}

void writer_push(struct writer *writer, const char *reg, bool saved)
{
    writer_line(writer, "pushl %s", reg);
    moved(writer, 4);
    if (saved)
        writer_stored(writer, reg, 0);
}

void writer_pop(struct writer *writer, const char *reg, bool saved)
{
    writer_line(writer, "popl %s", reg);
    moved(writer, -4);
    if (saved)
        fprintf(writer->file, "    .cfi_restore %s\n", reg);
}

void writer_move(struct writer *writer, int bytes, const char *format, ...)
{
    va_list arguments;

    fprintf(writer->file, "    ");
    va_start(arguments, format);
    vfprintf(writer->file, format, arguments);
    va_end(arguments);
    fprintf(writer->file, "\n");
    moved(writer, bytes);
}

void writer_stored(struct writer *writer, const char *reg, unsigned above)
{
    fprintf(writer->file, "    .cfi_offset %s, -%u\n", reg, writer->depth - above);
}

void writer_frame(struct writer *writer)
{
    writer_line(writer, "movl %%esp, %%ebp");
    fprintf(writer->file, "    .cfi_def_cfa %%ebp, %u\n", writer->depth);
    writer->frame = writer->depth;
}

void writer_leave(struct writer *writer)
{
    writer_line(writer, "leave");
    writer->depth = writer->frame - 4;
    writer->frame = 0;
    fprintf(writer->file, "    .cfi_def_cfa %%esp, %u\n    .cfi_restore %%ebp\n", writer->depth);
}
