/* Page tables as the host made them. */
#include "tables.h"

#include "hooks.h"
#include "processor.h"
#include "settings.h"

#define PAGE 4096u
#define FRAME 0xfffff000u

/* CR3 points at a page directory, with PAE at four entries that do so. */
#define CR3_PAE 0xffffffe0u

/* Bits of an entry's low byte, in both formats. */
#define ENTRY_PRESENT 0x01u
#define ENTRY_WRITABLE 0x02u
#define ENTRY_ACCESSED 0x20u
#define ENTRY_LARGE 0x80u /* page directories */

/* Address bits of a PAE entry's high word. */
#define FRAME_BEYOND_4_GIB 0x000fffffu

/* Bytes of an entry. */
#define ENTRY 4u
#define PAE_ENTRY 8u

static uint32_t linear(uint32_t physical)
{
    if (settings.physical_to_linear == 0)
        return physical;
    return hook_physical_to_linear(&settings, physical & FRAME) + physical % PAGE;
}

uint32_t tables_directory(uint32_t cr3)
{
    return cr3 & (read_cr4() & CR4_PAE ? CR3_PAE : FRAME);
}

uint32_t tables_linear(uint32_t cr3)
{
    return linear(tables_directory(cr3));
}

static int read_entry(const struct table_access *access, struct entry *entry, uint32_t table, uint32_t index,
                      uint32_t size)
{
    entry->words[1] = 0;
    entry->where = linear(table) + index * size;
    if (access->read(entry->words, entry->where, size) != size)
        return KSG_NO_PAGE_TABLES;
    return entry->words[0] & ENTRY_PRESENT ? KSG_OK : KSG_NOT_MAPPED;
}

/* The same for an entry that points to a table, which has to be within reach. */
static int descend(const struct table_access *access, struct entry *entry, uint32_t *table, uint32_t index)
{
    int status = read_entry(access, entry, *table, index, PAE_ENTRY);

    if (status == KSG_OK && (entry->words[1] & FRAME_BEYOND_4_GIB))
        return KSG_NO_PAGE_TABLES;
    *table = entry->words[0] & FRAME;
    return status;
}

int tables_find(const struct table_access *access, uint32_t cr3, uint32_t page, struct entry *entry)
{
    uint32_t cr4 = read_cr4();
    bool pae = (cr4 & CR4_PAE) != 0;
    uint32_t size = pae ? PAE_ENTRY : ENTRY;
    uint32_t table = cr3 & (pae ? CR3_PAE : FRAME);
    uint32_t directory_writable;
    int status = pae ? descend(access, entry, &table, page >> 30) : KSG_OK;

    if (status != KSG_OK)
        return status;
    status = read_entry(access, entry, table, pae ? page >> 21 & 0x1ff : page >> 22, size);
    directory_writable = entry->words[0] & ENTRY_WRITABLE;
    entry->writable = directory_writable != 0;
    entry->large = (cr4 & (CR4_PAE | CR4_PAGE_SIZE)) && (entry->words[0] & ENTRY_LARGE);
    if (status != KSG_OK || entry->large)
        return status;
    if (entry->words[1] & FRAME_BEYOND_4_GIB)
        return KSG_NO_PAGE_TABLES;
    status = read_entry(access, entry, entry->words[0] & FRAME, pae ? page >> 12 & 0x1ff : page >> 12 & 0x3ff, size);
    entry->writable = (entry->words[0] & directory_writable) != 0;
    return status;
}

/* One byte: it is all that changes, and the CPU may set bits in the others meanwhile. */
static void write_low_byte(const struct table_access *access, const struct entry *entry, uint32_t value)
{
    uint8_t byte = (uint8_t)value;

    access->write(entry->where, &byte, 1);
}

static void flush(uint32_t page)
{
    if (read_cr4() & CR4_GLOBAL_PAGES) /* which loading CR3 leaves in the TLB, SDM vol. 3, 4.10.2.4 */
        invalidate_page(page);
    else
        write_cr3(read_cr3());
}

void tables_set_present(const struct table_access *access, const struct entry *entry, uint32_t page, bool present)
{
    write_low_byte(access, entry, present ? entry->words[0] : entry->words[0] & ~ENTRY_PRESENT);
    flush(page);
}

/* The CPU sets its accessed bit when page is touched, SDM vol. 3, 4.8. To clear that bit harms nothing if it is another
   page's entry; if it is no entry at all, the bit is back in a moment. */
bool tables_proven(const struct table_access *access, const struct entry *entry, uint32_t page)
{
    uint8_t byte = 0;

    write_low_byte(access, entry, entry->words[0] & ~ENTRY_ACCESSED);
    flush(page);
    access->read(&byte, page, 1);
    if (access->read(&byte, entry->where, 1) == 1 && (byte & ENTRY_ACCESSED))
        return true;
    write_low_byte(access, entry, entry->words[0]);
    return false;
}
