/* Files, read and written as a whole. */
#include "file.h"

#include <errno.h>
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

/* 0, or why not. *opened: the file was opened, and so what was in it is gone. */
static int write_bytes(const char *path, const void *bytes, size_t size, bool *opened)
{
    FILE *file = fopen(path, "wb");
    int reason = 0;

    *opened = file;
    if (!file)
        return errno;
    if (fwrite(bytes, 1, size, file) != size)
        reason = errno;
    if (fclose(file) != 0 && reason == 0)
        reason = errno;
    return reason;
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
    bool opened;
    int reason;

    memcpy(part, path, length);
    memcpy(part + length, suffix, sizeof suffix);
    reason = write_bytes(special ? path : part, bytes, size, &opened);
    if (reason == 0 && !special && rename(part, path) != 0)
        reason = errno;
    if (reason != 0) {
        if (!special && opened)
            remove(part);
        fail(EXIT_REFUSED, "%s cannot be written: %s", path, strerror(reason));
    }
    free(part);
}

bool file_is(const char *path, const char *other)
{
    struct stat status, other_status;

    return stat(path, &status) == 0 && stat(other, &other_status) == 0 && status.st_dev == other_status.st_dev &&
           status.st_ino == other_status.st_ino && S_ISREG(status.st_mode);
}
