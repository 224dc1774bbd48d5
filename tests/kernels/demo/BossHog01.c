/* BossHog01: the product's main driver. StackHog's requests end here, and it watches what becomes of them. */
#include "io.h"

struct sighting {
    enum request request;
    char path[PATH_LENGTH];
    char driver[16];
    char verdict[64];
};
struct sighting BossHog01LastSeen[REQUESTS];
uint32_t BossHog01Scans, BossHog01Routed, BossHog01Answered;

static void describe(struct sighting *sighting, const struct device *device, const struct irp *irp)
{
    sighting->request = irp->request;
    RtlCopyText(sighting->path, sizeof sighting->path, irp->file->path);
    RtlCopyText(sighting->driver, sizeof sighting->driver, device->driver->name);
    RtlCopyText(sighting->verdict, sizeof sighting->verdict, "harmless so far");
}

FRAME enum status BossHog01LowerDevicePassThrough(struct device *device, struct irp *irp)
{
    enum status status = IofCallDriver(device->lower, irp);

    if (status != STATUS_SUCCESS)
        device->failures++;
    return status;
}

FRAME enum status BossHog01PassCreate(struct device *device, struct irp *irp)
{
    char path[48];
    enum status status;

    RtlCopyText(path, sizeof path, irp->file->path);
    status = IofCallDriver(device->lower, irp);
    return RtlEqualText(path, irp->file->path) ? status : STATUS_NOT_FOUND;
}

static enum status WatchCreate(struct device *device, struct irp *irp)
{
    struct sighting sighting;
    enum status status;

    describe(&sighting, device, irp);
    status = BossHog01PassCreate(device, irp);
    BossHog01LastSeen[REQUEST_CREATE] = sighting;
    return status;
}

static enum status WatchRead(struct device *device, struct irp *irp)
{
    struct sighting sighting;
    enum status status;

    describe(&sighting, device, irp);
    status = IofCallDriver(device->lower, irp);
    BossHog01LastSeen[REQUEST_READ] = sighting;
    return status;
}

FRAME enum status BossHog01PassCleanup(struct device *device, struct irp *irp)
{
    char path[96];
    enum status status;

    RtlCopyText(path, sizeof path, irp->file->path);
    status = BossHog01LowerDevicePassThrough(device, irp);
    return RtlEqualText(path, irp->file->path) ? status : STATUS_NOT_FOUND;
}

static enum status WatchCleanup(struct device *device, struct irp *irp)
{
    struct sighting sighting;
    enum status status;

    describe(&sighting, device, irp);
    status = BossHog01PassCleanup(device, irp);
    BossHog01LastSeen[REQUEST_CLEANUP] = sighting;
    return status;
}

/* Opens the file in the drivers below, as if a program had done so. */
FRAME enum status BossHog01OpenBelow(struct device *device, const char *path)
{
    char below[96];
    uint32_t handle;
    enum status status;

    RtlCopyText(below, sizeof below, path);
    status = IoCreateFileSpecifyDeviceObjectHint(below, device, &handle);
    if (status == STATUS_SUCCESS)
        status = ZwClose(handle);
    return status;
}

enum status BossHog01OpenFile(struct device *device, const char *path)
{
    char name[48];

    RtlCopyText(name, sizeof name, path);
    return BossHog01OpenBelow(device, name);
}

FRAME enum status BossHog01AskDaddy(struct device *device, const char *path)
{
    enum status status = DaddyHogScan(device, path);

    BossHog01Scans++;
    return status;
}

/* What StackHog asks for: a scan of the file whose path it gives. */
static enum status Scan(struct device *device, struct irp *irp)
{
    struct sighting sighting = {.request = irp->request};
    char journal[128];
    enum status status;

    RtlCopyText(sighting.path, sizeof sighting.path, irp->input);
    RtlCopyText(sighting.verdict, sizeof sighting.verdict, "asked for by StackHog");
    RtlCopyText(journal, sizeof journal, sighting.path);
    status = BossHog01AskDaddy(device, journal);
    BossHog01LastSeen[REQUEST_CONTROL] = sighting;
    return status;
}

static dispatch_routine *const watchers[REQUESTS] = {
    [REQUEST_CREATE] = WatchCreate,
    [REQUEST_READ] = WatchRead,
    [REQUEST_CLEANUP] = WatchCleanup,
    [REQUEST_CONTROL] = Scan,
};

FRAME enum status BossHog01Route(struct device *device, struct irp *irp)
{
    enum status status = watchers[irp->request](device, irp);

    BossHog01Routed++;
    return status;
}

static enum status DispatchPassThrough(struct device *device, struct irp *irp)
{
    enum status status = BossHog01Route(device, irp);

    BossHog01Answered++;
    return status;
}

const struct driver BossHog01 = {
    "BossHog01",
    {DispatchPassThrough, DispatchPassThrough, DispatchPassThrough, DispatchPassThrough},
};
