/* nt: the services that the demo's drivers stand on: I/O requests, objects and handles, cached files, and paging. */
#include "io.h"

#define STACK_SIZE 0x3000 /* of a Windows thread on 32-bit x86 */
#define STACK_SIZE_ENOUGH 0x4000

/* The volume, C:, and the drivers that watch it, each above the next. */
static struct device ntfs_device = {.driver = &Ntfs};
static struct device fltmgr_device = {.driver = &fltmgr, .lower = &ntfs_device};
static struct device baby_device = {.driver = &BabyHog, .lower = &fltmgr_device};
static struct device boss_device = {.driver = &BossHog, .lower = &baby_device};
static struct device volume = {.driver = &BossHog01, .lower = &boss_device};

/* --- strings --- */

void RtlCopyText(char *to, unsigned size, const char *from)
{
    unsigned i = 0;

    while (i + 1 < size && from[i] != 0) {
        to[i] = from[i];
        i++;
    }
    to[i] = 0;
}

bool RtlEqualText(const char *one, const char *other)
{
    while (*one != 0 && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

/* --- I/O requests --- */

#define IRPS 8

static struct irp irps[IRPS];

static struct irp *IoAllocateIrp(enum request request, struct file *file)
{
    for (struct irp *irp = irps; irp < irps + IRPS; irp++) {
        if (irp->in_use)
            continue;
        irp->in_use = true;
        irp->request = request;
        irp->file = file;
        irp->level = 0;
        for (unsigned i = 0; i < IRP_DRIVERS; i++)
            irp->completion[i] = 0;
        return irp;
    }
    kernel_panic("no I/O request packet is free");
}

static void IoFreeIrp(struct irp *irp)
{
    irp->in_use = false;
}

FRAME enum status IofCallDriver(struct device *device, struct irp *irp)
{
    enum status status = STATUS_TOO_MANY;

    device->requests++;
    if (irp->level < IRP_DRIVERS) {
        irp->level++;
        status = device->driver->dispatch[irp->request](device, irp);
        irp->level--;
    }
    return status;
}

/* The drivers that asked for it hear that the request is done, the lowest first. */
void IopfCompleteRequest(struct irp *irp)
{
    for (unsigned level = irp->level; level-- > 0;)
        if (irp->completion[level] != 0)
            irp->completion[level](irp->completion_device[level], irp);
}

FRAME void IopXxxControlFile(struct device *device, const char *user_input, enum status *status)
{
    struct irp *irp = IoAllocateIrp(REQUEST_CONTROL, 0);
    char input[96];

    RtlCopyText(input, sizeof input, user_input); /* a copy: the program may change its own at any time */
    irp->input = input;
    irp->level = 1;
    *status = device->driver->dispatch[REQUEST_CONTROL](device, irp); /* the fast way: no IofCallDriver */
    IoFreeIrp(irp);
}

static uint32_t NtDeviceIoControlFile(uint32_t input, uint32_t unused, uint32_t unused_too)
{
    enum status status;

    (void)unused, (void)unused_too;
    IopXxxControlFile(&volume, (const char *)input, &status);
    return status;
}

/* --- objects and handles --- */

#define FILES 8

static struct file files[FILES];
static struct file *handles[FILES + 1]; /* 0 is no handle */

static struct file *ObCreateFile(const char *path)
{
    for (struct file *file = files; file < files + FILES; file++) {
        if (file->path[0] != 0)
            continue;
        RtlCopyText(file->path, sizeof file->path, path);
        file->references = 1;
        return file;
    }
    return 0;
}

static void ObDereferenceObject(struct file *file)
{
    if (--file->references == 0)
        file->path[0] = 0; /* free again */
}

enum status ObOpenObjectByPointer(struct file *file, uint32_t *handle)
{
    for (uint32_t i = 1; i <= FILES; i++) {
        if (handles[i] != 0)
            continue;
        handles[i] = file;
        file->handles++;
        file->references++;
        *handle = i;
        return STATUS_SUCCESS;
    }
    return STATUS_TOO_MANY;
}

/* Asks the drivers for the file that a path leads to. */
FRAME enum status IopParseDevice(struct device *device, const char *path, struct file **opened)
{
    char full_path[128];
    struct file *file;
    struct irp *irp;
    enum status status;

    RtlCopyText(full_path, sizeof full_path, path);
    file = ObCreateFile(full_path);
    if (file == 0)
        return STATUS_TOO_MANY;
    irp = IoAllocateIrp(REQUEST_CREATE, file);
    status = IofCallDriver(device, irp);
    IoFreeIrp(irp);
    if (status == STATUS_SUCCESS)
        *opened = file;
    else
        ObDereferenceObject(file);
    return status;
}

FRAME enum status ObpLookupObjectName(struct device *hint, const char *name, struct file **opened)
{
    char drive[4], rest[64];

    RtlCopyText(drive, 3, name);
    if (!RtlEqualText(drive, "C:"))
        return STATUS_NOT_FOUND;
    RtlCopyText(rest, sizeof rest, name + 2);
    return IopParseDevice(hint, rest, opened);
}

FRAME enum status ObOpenObjectByName(struct device *hint, const char *name, uint32_t *handle)
{
    struct file *file;
    enum status status = ObpLookupObjectName(hint, name, &file);

    if (status != STATUS_SUCCESS)
        return status;
    status = ObOpenObjectByPointer(file, handle);
    ObDereferenceObject(file);
    return status;
}

FRAME enum status IopCreateFile(struct device *hint, const char *name, uint32_t *handle)
{
    char captured[64];

    RtlCopyText(captured, sizeof captured, name);
    return ObOpenObjectByName(hint, captured, handle);
}

/* Opens a file for a driver: the drivers above the hint are not asked. */
enum status IoCreateFileSpecifyDeviceObjectHint(const char *path, struct device *hint, uint32_t *handle)
{
    uint32_t opened = 0;
    enum status status = IopCreateFile(hint, path, &opened);

    *handle = opened;
    return status;
}

/* The last handle is closed: the drivers have to finish what they do with the file. */
FRAME enum status IopCloseFile(struct file *file)
{
    struct irp *irp = IoAllocateIrp(REQUEST_CLEANUP, file);
    enum status status = IofCallDriver(&volume, irp);

    IoFreeIrp(irp);
    return status;
}

FRAME enum status ObpDecrementHandleCount(struct file *file)
{
    enum status status = STATUS_SUCCESS;

    if (--file->handles == 0)
        status = IopCloseFile(file);
    ObDereferenceObject(file);
    return status;
}

FRAME enum status ObpCloseHandleTableEntry(struct file **entry)
{
    enum status status = ObpDecrementHandleCount(*entry);

    *entry = 0;
    return status;
}

FRAME enum status ObpCloseHandle(uint32_t handle, unsigned *closed)
{
    enum status status;

    if (handle == 0 || handle > FILES || handles[handle] == 0)
        return STATUS_NOT_FOUND;
    status = ObpCloseHandleTableEntry(&handles[handle]);
    ++*closed;
    return status;
}

static uint32_t NtClose(uint32_t handle, uint32_t unused, uint32_t unused_too)
{
    unsigned closed = 0;

    (void)unused, (void)unused_too;
    return ObpCloseHandle(handle, &closed);
}

/* Drivers take the system call too. */
enum status ZwClose(uint32_t handle)
{
    return (enum status)system_call(NT_CLOSE, handle, 0, 0);
}

/* --- cached files: a window of memory for each, filled when it is touched --- */

#define CACHE 0x40000000u
#define CACHE_WINDOW 0x100000u
#define CLUSTER 16 /* pages of one read at most */

struct file master_file_table = {.path = "\\$Mft", .record = 0, .handles = 1, .references = 1};
struct file directory = {.path = "\\reports", .record = 5, .handles = 1, .references = 1};

/* The memory that a read goes to, page by page. */
struct page_list {
    void *pages[CLUSTER];
    unsigned count;
};

static uint32_t window(const struct file *file)
{
    return CACHE + file->record * CACHE_WINDOW;
}

void *CcMapData(const struct file *file, uint32_t offset)
{
    uint8_t *data = (uint8_t *)(window(file) + offset);

    (void)*(volatile uint8_t *)data; /* a page fault here, where the caller expects one, rather than later */
    return data;
}

FRAME enum status IoPageRead(struct file *file, struct page_list *list, uint32_t offset)
{
    struct irp *irp = IoAllocateIrp(REQUEST_READ, file);
    enum status status;

    irp->page = list->pages[0];
    irp->offset = offset;
    status = IofCallDriver(&volume, irp);
    IoFreeIrp(irp);
    return status;
}

FRAME enum status MiDispatchFault(struct file *file, uint32_t address, void *page)
{
    struct page_list list = {{0}, 0};

    list.pages[list.count++] = page;
    return IoPageRead(file, &list, address - window(file));
}

/* The page-fault handler comes here for a page of a window. */
static bool MmAccessFault(struct pagein_range *range, uint32_t address, void *page)
{
    char path[64];

    RtlCopyText(path, sizeof path, ((struct file *)range->context)->path);
    if (MiDispatchFault(range->context, address, page) == STATUS_SUCCESS)
        return true;
    console_print("cannot read ");
    console_print(path);
    console_print("\n");
    return false;
}

static void map_window(struct pagein_range *range, struct file *file)
{
    range->start = window(file);
    range->end = range->start + CACHE_WINDOW;
    range->read = MmAccessFault;
    range->context = file;
    pagein_add(range);
}

/* --- the demo --- */

static void run_stackhog(void)
{
    ksg_paint(&thread_current->stack);
    user_run(StackHog);
}

/* Takes the window's pages back: they have to be read in again. */
static void trim(const struct pagein_range *range)
{
    for (uint32_t page = range->start; page < range->end; page += PAGE_SIZE)
        if (page_present(page))
            page_unmap(page);
}

void scenario(void)
{
    static struct pagein_range windows[2];

    map_window(&windows[0], &master_file_table);
    map_window(&windows[1], &directory);
    system_call_handle(NT_DEVICE_IO_CONTROL_FILE, NtDeviceIoControlFile);
    system_call_handle(NT_CLOSE, NtClose);

    kernel_install(0);
    ksg_paint(&boot_thread.stack);
    thread_run("16 KiB", STACK_SIZE_ENOUGH, run_stackhog);
    if (StackHogStatus != STATUS_SUCCESS)
        kernel_panic("a stack of 16 KiB was not enough");
    trim(&windows[0]);
    trim(&windows[1]);
    thread_run("StackHog", STACK_SIZE, run_stackhog);
    console_print("the stack was large enough: StackHog ended with status ");
    console_hex(StackHogStatus);
    console_print("\n");
}
