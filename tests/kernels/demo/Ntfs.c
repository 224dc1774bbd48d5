/* Ntfs: a volume of three pages whose table of files lies in a file of its own: to read a page, look up where it lies;
   to look that up, read a page. */
#include "io.h"

#define RECORD_SIZE 1024u
#define RECORDS (PAGE_SIZE / RECORD_SIZE)
#define RECORD_MAGIC 0x454c4946u /* "FILE" */
#define RUNS 16

/* Where a piece of a file lies: count pages of it, from page on, are on the disk from disk_page on. */
struct run {
    uint32_t page, disk_page, count;
};
struct record {
    uint32_t magic;
    uint32_t run_count;
    struct run runs[4];
    uint8_t unused[RECORD_SIZE - 8 - 4 * sizeof(struct run)];
};
struct index_entry {
    char path[PATH_LENGTH];
    uint32_t closed; /* how often */
};

/* A page of the disk. */
union disk_page {
    struct record records[RECORDS];
    struct index_entry entries[PAGE_SIZE / sizeof(struct index_entry)];
    uint32_t words[PAGE_SIZE / 4];
};
static const union disk_page disk[] = {
    /* Where the boot sector says that the table of files, $Mft, begins. Record 0 is its own. */
    {.records = {{RECORD_MAGIC, 2, {{0, 0, 1}, {1, 2, 1}}, {0}}}},
    /* The directory \reports. */
    {.entries = {{"\\reports\\october.txt", 0}, {"\\reports\\november.txt", 0}}},
    /* The table's other page. Record 5 is that of \reports. */
    {.records = {[1] = {RECORD_MAGIC, 1, {{0, 1, 1}}, {0}}}},
};

/* Files that were looked up not long ago, and their entry's number in the directory. */
static const struct {
    const char *path;
    unsigned entry;
} known_files[] = {{"\\reports\\october.txt", 0}, {"\\reports\\november.txt", 1}};
#define KNOWN_FILES (sizeof known_files / sizeof known_files[0])

uint32_t NtfsMapped, NtfsEntriesRead, NtfsCompleted;

/* --- finding out where a page of a file lies --- */

FRAME void *NtfsMapStream(const struct file *stream, uint32_t offset)
{
    void *data = CcMapData(stream, offset);

    NtfsMapped++;
    return data;
}

FRAME enum status NtfsReadMftRecord(unsigned number, struct run *runs, unsigned *count)
{
    const struct record *record = NtfsMapStream(&master_file_table, number * RECORD_SIZE);

    if (record->magic != RECORD_MAGIC)
        return STATUS_NOT_FOUND;
    for (unsigned i = 0; i < record->run_count; i++)
        runs[i] = record->runs[i];
    *count = record->run_count;
    return STATUS_SUCCESS;
}

FRAME enum status NtfsReadFileRecord(const struct file *file, struct run *runs, unsigned *count)
{
    unsigned found = 0;
    enum status status = NtfsReadMftRecord(file->record, runs, &found);

    *count = found;
    return status;
}

FRAME enum status NtfsLookupInFileRecord(const struct file *file, struct run *runs, unsigned *count)
{
    unsigned found = 0;
    enum status status = NtfsReadFileRecord(file, runs, &found);

    *count = found;
    return status;
}

FRAME enum status NtfsLookupAllocation(const struct file *file, uint32_t page, struct run *run)
{
    struct run runs[RUNS];
    unsigned count = 1;
    enum status status = STATUS_SUCCESS;
    bool in_boot_sector = file == &master_file_table && page == 0;

    runs[0] = (struct run){0, 0, 1};
    if (!in_boot_sector)
        status = NtfsLookupInFileRecord(file, runs, &count);
    for (unsigned i = 0; i < count && status == STATUS_SUCCESS; i++) {
        if (page - runs[i].page >= runs[i].count)
            continue;
        *run = runs[i];
        return STATUS_SUCCESS;
    }
    return STATUS_NOT_FOUND;
}

/* --- reading --- */

/* A transfer from the disk. */
struct transfer {
    uint32_t disk_page;
    uint32_t *to;
    uint32_t words;
    char path[PATH_LENGTH];
};
#define TRANSFERS 8

FRAME enum status NtfsPrepareBuffers(struct irp *irp, struct transfer *transfers, unsigned *count)
{
    struct transfer prepared[TRANSFERS];
    struct run run;
    enum status status = NtfsLookupAllocation(irp->file, irp->offset / PAGE_SIZE, &run);

    if (status != STATUS_SUCCESS)
        return status;
    prepared[0].disk_page = run.disk_page + irp->offset / PAGE_SIZE - run.page;
    prepared[0].to = irp->page;
    prepared[0].words = PAGE_SIZE / 4;
    RtlCopyText(prepared[0].path, sizeof prepared[0].path, irp->file->path);
    transfers[0] = prepared[0];
    *count = 1;
    return STATUS_SUCCESS;
}

FRAME enum status NtfsNonCachedIo(struct irp *irp)
{
    struct transfer transfers[TRANSFERS];
    unsigned count = 0;
    enum status status = NtfsPrepareBuffers(irp, transfers, &count);

    for (unsigned i = 0; i < count; i++)
        for (unsigned word = 0; word < transfers[i].words; word++)
            transfers[i].to[word] = disk[transfers[i].disk_page].words[word];
    return status;
}

FRAME enum status NtfsCommonRead(struct irp *irp)
{
    char path[192];

    RtlCopyText(path, sizeof path, irp->file->path);
    return NtfsNonCachedIo(irp);
}

static enum status NtfsFsdRead(struct device *device, struct irp *irp)
{
    char context[352];
    enum status status;

    RtlCopyText(context, sizeof context, irp->file->path);
    status = NtfsCommonRead(irp);
    if (status != STATUS_SUCCESS)
        device->failures++;
    return status;
}

/* --- opening --- */

FRAME void NtfsCompleteRequest(struct irp *irp)
{
    IopfCompleteRequest(irp);
    NtfsCompleted++;
}

static enum status NtfsFsdCreate(struct device *device, struct irp *irp)
{
    char path[192];

    RtlCopyText(path, sizeof path, irp->file->path);
    for (unsigned i = 0; i < KNOWN_FILES; i++) {
        if (!RtlEqualText(known_files[i].path, path))
            continue;
        irp->file->record = known_files[i].entry;
        NtfsCompleteRequest(irp);
        return STATUS_SUCCESS;
    }
    device->failures++;
    return STATUS_NOT_FOUND;
}

/* --- closing: what the file has become goes into its directory --- */

FRAME struct index_entry *ReadIndexBuffer(unsigned entry)
{
    struct index_entry *entries = NtfsMapStream(&directory, 0);

    NtfsEntriesRead++;
    return entries + entry;
}

FRAME enum status NtfsUpdateFileNameInIndex(const struct file *file, const char *path)
{
    char name[320];
    struct index_entry *entry;

    RtlCopyText(name, sizeof name, path);
    entry = ReadIndexBuffer(file->record);
    if (!RtlEqualText(entry->path, name))
        return STATUS_NOT_FOUND;
    entry->closed++;
    return STATUS_SUCCESS;
}

FRAME enum status NtfsUpdateDuplicateInfo(const struct file *file)
{
    char path[208];

    RtlCopyText(path, sizeof path, file->path);
    return NtfsUpdateFileNameInIndex(file, path);
}

FRAME enum status NtfsCommonCleanup(struct irp *irp)
{
    char context[464];

    RtlCopyText(context, sizeof context, irp->file->path);
    return NtfsUpdateDuplicateInfo(irp->file);
}

static enum status NtfsFsdCleanup(struct device *device, struct irp *irp)
{
    char context[320];
    enum status status;

    RtlCopyText(context, sizeof context, irp->file->path);
    status = NtfsCommonCleanup(irp);
    if (status != STATUS_SUCCESS)
        device->failures++;
    return status;
}

const struct driver Ntfs = {
    "Ntfs",
    {[REQUEST_CREATE] = NtfsFsdCreate, [REQUEST_READ] = NtfsFsdRead, [REQUEST_CLEANUP] = NtfsFsdCleanup},
};
