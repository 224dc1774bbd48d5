/* BabyHog: keeps a diary of all requests, and shows each file that was opened to MamaHog. */
#include "io.h"

#define DIARY 16

struct entry {
    enum request request;
    char path[PATH_LENGTH];
    char remark[32];
};
struct entry BabyHogDiary[DIARY];
uint32_t BabyHogForwarded, BabyHogShown, BabyHogOpened;

FRAME enum status BabyHogForward(struct device *device, struct irp *irp)
{
    enum status status = IofCallDriver(device->lower, irp);

    BabyHogForwarded++;
    return status;
}

FRAME void BabyHogShow(struct file *file)
{
    MamaHogFileOpened(file);
    BabyHogShown++;
}

/* The file is open. */
static void HogFarmOpened(struct device *device, struct irp *irp)
{
    (void)device;
    BabyHogShow(irp->file);
    BabyHogOpened++;
}

static enum status HogFarm(struct device *device, struct irp *irp)
{
    struct entry entry;
    enum status status;

    entry.request = irp->request;
    RtlCopyText(entry.path, sizeof entry.path, irp->file->path);
    RtlCopyText(entry.remark, sizeof entry.remark, device->driver->name);
    if (irp->request == REQUEST_CREATE) {
        irp->completion[irp->level - 1] = HogFarmOpened;
        irp->completion_device[irp->level - 1] = device;
    }
    status = BabyHogForward(device, irp);
    BabyHogDiary[device->requests % DIARY] = entry;
    return status;
}

const struct driver BabyHog = {
    "BabyHog",
    {[REQUEST_CREATE] = HogFarm, [REQUEST_READ] = HogFarm, [REQUEST_CLEANUP] = HogFarm},
};
