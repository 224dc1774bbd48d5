/* daddyHog: decides for BossHog01 whether a file is worth a scan. */
#include "io.h"

uint32_t DaddyHogScans;

FRAME enum status DaddyHogAllow(struct device *device, const char *path)
{
    char asked[32];

    RtlCopyText(asked, sizeof asked, path);
    return BossHog01OpenFile(device, asked);
}

enum status DaddyHogScan(struct device *device, const char *path)
{
    enum status status = DaddyHogAllow(device, path);

    DaddyHogScans++;
    return status;
}
