/* MamaHog: writes a long record of every file that was opened, and takes a handle of her own to do so. */
#include "io.h"

#define SUSPECTS 12

uint32_t MamaHogExamined;

FRAME enum status MamaHogRelease(uint32_t handle)
{
    char remark[32];
    enum status status;

    RtlCopyText(remark, sizeof remark, "handle released");
    status = ZwClose(handle);
    if (status != STATUS_SUCCESS)
        RtlCopyText(remark, sizeof remark, "handle lost");
    return status;
}

/* A handle of her own: hers is the only one, so closing it tells all drivers that the file is no longer in use. */
FRAME enum status MamaHogProbe(struct file *file)
{
    char path[32];
    uint32_t handle;
    enum status status = ObOpenObjectByPointer(file, &handle);

    RtlCopyText(path, sizeof path, file->path);
    if (status == STATUS_SUCCESS)
        status = MamaHogRelease(handle);
    return status;
}

FRAME enum status MamaHogDescribe(struct file *file)
{
    char description[288];

    RtlCopyText(description, sizeof description, file->path);
    return MamaHogProbe(file);
}

FRAME enum status MamaHogExamine(struct file *file)
{
    enum status status = MamaHogDescribe(file);

    MamaHogExamined++;
    return status;
}

/* Compares the file with all that she has ever been worried about. */
static void MamaHogQuery(struct file *file)
{
    char suspects[SUSPECTS][48];

    for (unsigned i = 0; i < SUSPECTS; i++)
        RtlCopyText(suspects[i], sizeof suspects[i], "\\secret\\diary.txt");
    for (unsigned i = 0; i < SUSPECTS; i++)
        if (RtlEqualText(suspects[i], file->path))
            return;
    MamaHogExamine(file);
}

void (*MamaHogFileOpened)(struct file *file) = MamaHogQuery;
