/* BossHog: looks at the path of every request before it lets it pass. */
#include "io.h"

uint32_t BossHogPassed, BossHogRouted;

static bool is_forbidden(const char *path)
{
    return RtlEqualText(path, "\\boss\\salary.txt");
}

FRAME enum status BossHogLowerDevicePassThrough(struct device *device, struct irp *irp)
{
    enum status status = IofCallDriver(device->lower, irp);

    if (status == STATUS_SUCCESS)
        BossHogPassed++;
    return status;
}

static enum status JudgeCreate(struct device *device, struct irp *irp)
{
    char path[96];

    RtlCopyText(path, sizeof path, irp->file->path);
    return is_forbidden(path) ? STATUS_NOT_FOUND : BossHogLowerDevicePassThrough(device, irp);
}

static enum status Judge(struct device *device, struct irp *irp)
{
    char path[96];

    RtlCopyText(path, sizeof path, irp->file->path);
    return is_forbidden(path) ? STATUS_NOT_FOUND : IofCallDriver(device->lower, irp);
}

static dispatch_routine *const judges[REQUESTS] = {
    [REQUEST_CREATE] = JudgeCreate,
    [REQUEST_READ] = Judge,
    [REQUEST_CLEANUP] = Judge,
};

FRAME enum status BossHogRoute(struct device *device, struct irp *irp)
{
    enum status status = judges[irp->request](device, irp);

    BossHogRouted++;
    return status;
}

static enum status DispatchPassThrough(struct device *device, struct irp *irp)
{
    enum status status = BossHogRoute(device, irp);

    if (status != STATUS_SUCCESS)
        device->failures++;
    return status;
}

const struct driver BossHog = {
    "BossHog",
    {[REQUEST_CREATE] = DispatchPassThrough,
     [REQUEST_READ] = DispatchPassThrough,
     [REQUEST_CLEANUP] = DispatchPassThrough},
};
