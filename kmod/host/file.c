/* Files, read and written as a whole. */
#include "file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "allocate.h"
#include "fail.h"

#define PORTION 65536u

char *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = 0;
    size_t got;

    if (!file)
        fail(EXIT_REFUSED, "%s cannot be read: %s", path, strerror(errno));
    *size = 0;
    do {
        bytes = allocate(bytes, *size + PORTION + 1, 1);
        got = fread(bytes + *size, 1, PORTION, file);
        *size += got;
    } while (got > 0);
    if (ferror(file))
        fail(EXIT_REFUSED, "%s cannot be read: %s", path, strerror(errno));
    fclose(file);
    bytes[*size] = 0;
    return bytes;
}

static bool written(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    bool whole;

    if (!file)
        return false;
    whole = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && whole;
}

/* A device or pipe is written where it is; nothing may take its place. */
static bool is_special(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

void file_write(const char *path, const void *bytes, size_t size)
{
    static const char suffix[] = ".part";
    size_t length = strlen(path);
    char *part = allocate(0, length + sizeof suffix, 1);
    bool special = is_special(path);

    memcpy(part, path, length);
    memcpy(part + length, suffix, sizeof suffix);
    if (!written(special ? path : part, bytes, size) || (!special && rename(part, path) != 0)) {
        int reason = errno;

        if (!special)
            remove(part);
        fail(EXIT_REFUSED, "%s cannot be written: %s", path, strerror(reason));
    }
    free(part);
}
