/*
 * What the modules of the demo know of each other: I/O requests, and the drivers that they pass through.
 *
 * The demo re-enacts a crash that Microsoft's engineers described ("Got Stack? No. We ran out and kv won't tell me
 * why!", ntdebugging blog). A program has its driver scan a file. Filter drivers, each above the next, watch what that
 * driver does; one of them takes a handle to the file and closes it again; closing it writes to the file's directory,
 * whose page is not in memory; reading that page goes through all the drivers again, and needs a page that is not in
 * memory. Who calls whom, and about how much stack each takes, is as it was there. With 16 KiB the request succeeds.
 */
#ifndef DEMO_IO_H
#define DEMO_IO_H

#include "kernel.h"

enum status { STATUS_SUCCESS, STATUS_NOT_FOUND, STATUS_TOO_MANY };

/* The function keeps a stack frame and a row of the report to itself, however clever the compiler is. */
#define FRAME __attribute__((noinline))

#define PATH_LENGTH 28 /* with its 0 */

/* A file of the volume, as long as it is open. */
struct file {
    char path[PATH_LENGTH];
    unsigned record;     /* its number in the volume's table of files; the drivers' name for it */
    unsigned handles;    /* that lead to it: when the last is closed, the drivers hear of it */
    unsigned references; /* handles, and who works on it just now */
};

enum request { REQUEST_CREATE, REQUEST_READ, REQUEST_CLEANUP, REQUEST_CONTROL, REQUESTS };
#define IRP_DRIVERS 8 /* how many drivers a request may pass through */

struct device;
struct irp;
typedef enum status dispatch_routine(struct device *device, struct irp *irp);
typedef void completion_routine(struct device *device, struct irp *irp);

/* An I/O request packet: what is wanted, and on its way back who wants to hear of it. */
struct irp {
    enum request request;
    struct file *file;
    const char *input; /* REQUEST_CONTROL: from user mode */
    uint32_t offset;   /* REQUEST_READ: of the page in the file */
    void *page;        /* REQUEST_READ: where it goes */
    unsigned level;    /* drivers that have it now */
    completion_routine *completion[IRP_DRIVERS];
    struct device *completion_device[IRP_DRIVERS];
    bool in_use;
};

/* A driver answers requests, and usually passes them on to the device below its own. */
struct driver {
    const char *name;
    dispatch_routine *dispatch[REQUESTS];
};
struct device {
    const struct driver *driver;
    struct device *lower;
    uint32_t requests, failures; /* so far; failures is its driver's to count */
};
extern const struct driver BossHog01, BossHog, BabyHog, fltmgr, Ntfs;

/* --- nt --- */

enum status IofCallDriver(struct device *device, struct irp *irp);
void IopfCompleteRequest(struct irp *irp);
enum status IoCreateFileSpecifyDeviceObjectHint(const char *path, struct device *device, uint32_t *handle);
enum status ObOpenObjectByPointer(struct file *file, uint32_t *handle);
enum status ZwClose(uint32_t handle);
/* Where a cached file is in memory, from offset on. Touches it: who calls this must be ready to wait for the disk. */
void *CcMapData(const struct file *file, uint32_t offset);
extern struct file master_file_table, directory; /* the volume's own files, always open and cached */
/* Copies a string, as much of it as there is room for. */
void RtlCopyText(char *to, unsigned size, const char *from);
bool RtlEqualText(const char *one, const char *other);

/* --- the others --- */

enum status DaddyHogScan(struct device *device, const char *path);
enum status BossHog01OpenFile(struct device *device, const char *path);
extern void (*MamaHogFileOpened)(struct file *file);

/* --- StackHog, the user program --- */

enum { NT_DEVICE_IO_CONTROL_FILE = 1, NT_CLOSE = 2 }; /* system calls */
void StackHog(void);
extern uint32_t StackHogStatus; /* what the system call returned */

#endif
