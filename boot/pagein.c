/* The page-fault handler: reads in memory that is touched for the first time. */
#include "kernel.h"

static struct pagein_range *ranges;
volatile uint32_t pagein_count;

void pagein_add(struct pagein_range *range)
{
    range->next = ranges;
    ranges = range;
}

static struct pagein_range *range_of(uint32_t address)
{
    struct pagein_range *range = ranges;

    while (range != 0 && (address < range->start || address >= range->end))
        range = range->next;
    return range;
}

static void page_fault(struct interrupt_frame *frame)
{
    bool not_present = !(frame->error_code & PAGE_PRESENT);
    struct pagein_range *range;
    uint32_t address, page;

    __asm__ volatile("mov %%cr2, %0" : "=r"(address)); /* before anything else can fault */
    address &= PAGE_ADDRESS;
    range = range_of(address);
    if (range == 0 || !not_present)
        interrupt_unhandled(frame);

    page = page_allocate(1);
    if (!range->read(range, address, (void *)page))
        interrupt_unhandled(frame);
    page_map(address, page, PAGE_WRITABLE);
    pagein_count++;
}

void pagein_init(void)
{
    interrupt_handle(VECTOR_PAGE_FAULT, page_fault);
}
