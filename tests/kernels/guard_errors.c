/* Each reason why a page cannot be made a guard page; after it the page tables are as before. */
#include "check.h"

#define UNMAPPED 0xf0000000u
#define LARGE_PAGE 0x40000000u
#define LARGE_PAGE_FLAGS 0x83u /* present, writable, 4 MiB. SDM vol. 3, table 4-4 */
#define PAGING 0x80000000u     /* of CR0 */
#define PAGE_SIZE_EXTENSION 0x10u /* of CR4 */

static volatile uint32_t on_a_page = 1;

static void paging_set(bool on)
{
    uint32_t cr0;

    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    cr0 = on ? cr0 | PAGING : cr0 & ~PAGING;
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0) : "memory");
}

static void large_page_map(void)
{
    uint32_t *directory = (uint32_t *)page_directory();
    uint32_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | PAGE_SIZE_EXTENSION) : "memory");
    directory[LARGE_PAGE >> 22] = LARGE_PAGE_FLAGS;
}

static void *KSG_CALL nowhere(void *context, ksg_address physical)
{
    (void)context;
    return (void *)(physical | UNMAPPED);
}

static void *KSG_CALL zeros(void *context, ksg_address physical)
{
    (void)physical;
    return context;
}

/* With this hook no page table can be found. */
static void astray(void *(KSG_CALL *physical_to_linear)(void *, ksg_address))
{
    struct ksg_config config = {.physical_to_linear = physical_to_linear, .context = (void *)page_allocate(1)};

    CHECK(ksg_install(&config) == KSG_OK);
    CHECK(ksg_guard_page((ksg_address)&on_a_page) == KSG_NO_PAGE_TABLES);
    CHECK(page_present((uint32_t)&on_a_page) && on_a_page == 1);
    CHECK(ksg_uninstall() == KSG_OK);
}

void scenario(void)
{
    CHECK(ksg_guard_page(UNMAPPED) == KSG_NOT_MAPPED);
    CHECK(ksg_guard_page(0) == KSG_NOT_MAPPED);

    large_page_map();
    CHECK(ksg_guard_page(LARGE_PAGE + PAGE_SIZE) == KSG_LARGE_PAGE);
    CHECK(*(volatile uint32_t *)(LARGE_PAGE + (uint32_t)&on_a_page) == 1);

    paging_set(false);
    CHECK(ksg_guard_page((ksg_address)&on_a_page) == KSG_NO_PAGING);
    paging_set(true);

    astray(nowhere);
    astray(zeros);
    exit_machine(EXIT_PASSED);
}
