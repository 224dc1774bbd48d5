/* ksg_guard_page: from now on touching the page, and no other, is a page fault. */
#include "check.h"

static uint32_t page;

static void page_fault(struct interrupt_frame *frame)
{
    uint32_t cr2;

    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    CHECK(cr2 == page + 0x10);
    CHECK(!(frame->error_code & PAGE_PRESENT));
    exit_machine(EXIT_PASSED);
}

static volatile uint32_t *word(uint32_t address)
{
    return (volatile uint32_t *)address;
}

void scenario(void)
{
    page = page_allocate(3) + PAGE_SIZE;
    *word(page) = 1; /* now it is in the TLB */
    CHECK(ksg_guard_page(page + PAGE_SIZE - 1) == KSG_OK);
    CHECK(!page_present(page));
    *word(page - 4) = 2;
    *word(page + PAGE_SIZE) = 3;
    interrupt_handle(VECTOR_PAGE_FAULT, page_fault);
    *word(page + 0x10) = 4;
    exit_machine(EXIT_FAILED);
}
