/* Files, read and written as a whole. Both end the program with a sentence when that is not possible. */
#ifndef KMOD_HOST_FILE_H
#define KMOD_HOST_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* The file's bytes, to be freed by the caller, and a 0 behind them. */
char *file_read(const char *path, size_t *size);

/* Writes the file, or leaves what was there before. */
void file_write(const char *path, const void *bytes, size_t size);

/* Both paths lead to one file. */
bool file_is(const char *path, const char *other);

#endif
