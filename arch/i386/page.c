/* ksg_guard_page: a page that is not present, in the page tables that are live. SDM vol. 3, 4.3 and 4.4. */
#include "borrow.h"
#include "cpu.h"
#include "hooks.h"
#include "peek.h"
#include "processor.h"

#define PAGE 4096u
#define FRAME 0xfffff000u

/* CR3 points at a page directory, with PAE at four entries that do so. */
#define CR3_PAE 0xffffffe0u

/* Bits of an entry's low byte, in both formats. */
#define ENTRY_PRESENT 0x01u
#define ENTRY_ACCESSED 0x20u
#define ENTRY_LARGE 0x80u /* page directories */

/* Address bits of a PAE entry's high word. */
#define FRAME_BEYOND_4_GIB 0x000fffffu

struct entry {
    uint32_t words[2]; /* the second with PAE only, else 0 */
    uint32_t where;    /* its linear address */
};

static uint32_t careful_peek(void *to, uint32_t address, uint32_t count)
{
    struct borrow borrow;
    uint32_t done;

    borrow_begin(&borrow);
    done = peek(to, address, count);
    borrow_end(&borrow);
    return done;
}

static bool readable(uint32_t page)
{
    uint8_t byte;

    return careful_peek(&byte, page, 1) == 1;
}

/* One byte: it is all that changes, and the CPU may set bits in the others meanwhile. */
static void write_low_byte(const struct entry *entry, uint32_t value)
{
    uint8_t byte = (uint8_t)value;
    struct borrow borrow;

    borrow_begin(&borrow);
    poke(entry->where, &byte, 1);
    borrow_end(&borrow);
}

static void flush(uint32_t page)
{
    if (read_cr4() & CR4_GLOBAL_PAGES) /* which loading CR3 leaves in the TLB, SDM vol. 3, 4.10.2.4 */
        invalidate_page(page);
    else
        write_cr3(read_cr3());
}

static uint32_t linear(uint32_t physical)
{
    if (settings.physical_to_linear == 0)
        return physical;
    return hook_physical_to_linear(&settings, physical & FRAME) + physical % PAGE;
}

/* False: it cannot be read, or says that nothing is there. */
static bool read_entry(struct entry *entry, uint32_t table, uint32_t index, bool pae)
{
    uint32_t size = pae ? 8 : 4;

    entry->words[1] = 0;
    entry->where = linear(table) + index * size;
    return careful_peek(entry->words, entry->where, size) == size && (entry->words[0] & ENTRY_PRESENT);
}

/* The same for an entry that points to a table, which has to be within reach. */
static bool descend(struct entry *entry, uint32_t *table, uint32_t index, bool pae)
{
    if (!read_entry(entry, *table, index, pae) || (entry->words[1] & FRAME_BEYOND_4_GIB))
        return false;
    *table = entry->words[0] & FRAME;
    return true;
}

/* Finds the entry that maps page. */
static int walk_tables(uint32_t page, struct entry *entry)
{
    uint32_t cr4 = read_cr4();
    bool pae = (cr4 & CR4_PAE) != 0;
    bool large_pages = (cr4 & (CR4_PAE | CR4_PAGE_SIZE)) != 0;
    uint32_t table = read_cr3() & (pae ? CR3_PAE : FRAME);

    if (pae && !descend(entry, &table, page >> 30, pae))
        return KSG_NO_PAGE_TABLES;
    if (!descend(entry, &table, pae ? page >> 21 & 0x1ff : page >> 22, pae))
        return KSG_NO_PAGE_TABLES;
    if (large_pages && (entry->words[0] & ENTRY_LARGE))
        return KSG_LARGE_PAGE;
    return read_entry(entry, table, pae ? page >> 12 & 0x1ff : page >> 12 & 0x3ff, pae) ? KSG_OK : KSG_NO_PAGE_TABLES;
}

/*
 * Is it the entry that the CPU uses? Then the CPU sets its accessed bit when page is touched, SDM vol. 3, 4.8. To clear
 * that bit harms nothing if it is another page's entry; if it is no entry at all, the bit is back in a moment.
 */
static bool proven(const struct entry *entry, uint32_t page)
{
    uint8_t byte = 0;

    write_low_byte(entry, entry->words[0] & ~ENTRY_ACCESSED);
    flush(page);
    readable(page);
    if (careful_peek(&byte, entry->where, 1) == 1 && (byte & ENTRY_ACCESSED))
        return true;
    write_low_byte(entry, entry->words[0]);
    return false;
}

static int guard_page(uint32_t page)
{
    struct entry entry;
    int status;

    if (!(read_cr0() & CR0_PAGING))
        return KSG_NO_PAGING;
    if (!readable(page))
        return KSG_NOT_MAPPED;
    status = walk_tables(page, &entry);
    if (status != KSG_OK)
        return status;
    if (!proven(&entry, page))
        return KSG_NO_PAGE_TABLES;
    write_low_byte(&entry, entry.words[0] & ~ENTRY_PRESENT);
    flush(page);
    if (!readable(page))
        return KSG_OK;
    write_low_byte(&entry, entry.words[0]);
    flush(page);
    return KSG_NO_PAGE_TABLES;
}

int KSG_CALL ksg_guard_page(ksg_address address)
{
    uint32_t eflags = interrupts_off();
    int status = guard_page(address & FRAME);

    interrupts_restore(eflags);
    return status;
}
