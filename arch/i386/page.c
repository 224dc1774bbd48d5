/* ksg_guard_page: a page that is not present, in the page tables that are live. */
#include "borrow.h"
#include "cpu.h"
#include "peek.h"
#include "processor.h"
#include "tables.h"

#define FRAME 0xfffff000u

static uint32_t careful_peek(void *to, uint32_t address, uint32_t count)
{
    struct borrow borrow;
    uint32_t done;

    borrow_begin(&borrow);
    done = peek(to, address, count);
    borrow_end(&borrow);
    return done;
}

static uint32_t careful_poke(uint32_t address, const void *from, uint32_t count)
{
    struct borrow borrow;
    uint32_t done;

    borrow_begin(&borrow);
    done = poke(address, from, count);
    borrow_end(&borrow);
    return done;
}

static const struct table_access careful = {careful_peek, careful_poke};

static bool readable(uint32_t page)
{
    uint8_t byte;

    return careful_peek(&byte, page, 1) == 1;
}

static int guard_page(uint32_t page)
{
    struct entry entry;

    if (!(read_cr0() & CR0_PAGING))
        return KSG_NO_PAGING;
    if (!readable(page))
        return KSG_NOT_MAPPED;
    if (tables_find(&careful, read_cr3(), page, &entry) != KSG_OK)
        return KSG_NO_PAGE_TABLES;
    if (entry.large)
        return KSG_LARGE_PAGE;
    if (!tables_proven(&careful, &entry, page))
        return KSG_NO_PAGE_TABLES;
    tables_set_present(&careful, &entry, page, false);
    if (!readable(page))
        return KSG_OK;
    tables_set_present(&careful, &entry, page, true);
    return KSG_NO_PAGE_TABLES;
}

int KSG_CALL ksg_guard_page(ksg_address address)
{
    uint32_t eflags = interrupts_off();
    int status = guard_page(address & FRAME);

    interrupts_restore(eflags);
    return status;
}
