/* fltmgr: hands requests to small filters; none is loaded, so it only keeps its count. */
#include "io.h"

uint32_t FltpRequests[REQUESTS]; /* for whoever looks at it with a debugger, like the other drivers' counts */

static enum status FltpDispatch(struct device *device, struct irp *irp)
{
    enum status status = IofCallDriver(device->lower, irp);

    FltpRequests[irp->request]++;
    return status;
}

static enum status FltpCreate(struct device *device, struct irp *irp)
{
    enum status status = IofCallDriver(device->lower, irp);

    if (status == STATUS_SUCCESS)
        FltpRequests[REQUEST_CREATE]++;
    return status;
}

const struct driver fltmgr = {
    "fltmgr",
    {[REQUEST_CREATE] = FltpCreate, [REQUEST_READ] = FltpDispatch, [REQUEST_CLEANUP] = FltpDispatch},
};
