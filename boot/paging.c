/* Paging: one page directory, 4 KiB pages, and the physical memory that they are made of. */
#include "kernel.h"

#define ENTRIES 1024u
#define TABLE_SPAN (ENTRIES * PAGE_SIZE) /* what one page table maps */
#define FREE_MEMORY 0x1000000u           /* from 16 MiB: above the kernel and what the loader put behind it */
#define CR0_WRITE_PROTECT 0x00010000u    /* ring 0 obeys read-only pages */
#define CR0_PAGING 0x80000000u

typedef uint32_t page_table[ENTRIES];

static _Alignas(PAGE_SIZE) page_table directory;
static _Alignas(PAGE_SIZE) page_table identity[IDENTITY_END / TABLE_SPAN];
static uint32_t next_free = FREE_MEMORY;

/* linker.ld */
extern char user_text_start[], user_text_end[], user_data_start[], user_data_end[];

uint32_t page_allocate(unsigned count)
{
    uint32_t first = next_free;

    if (count > (IDENTITY_END - first) / PAGE_SIZE)
        kernel_panic("out of memory");
    next_free += count * PAGE_SIZE;
    for (uint32_t *word = (uint32_t *)first; word != (uint32_t *)next_free; word++)
        *word = 0;
    return first;
}

static uint32_t *entry_of(uint32_t linear)
{
    uint32_t table = directory[linear / TABLE_SPAN];

    return (uint32_t *)(table & PAGE_ADDRESS) + linear / PAGE_SIZE % ENTRIES;
}

static bool has_table(uint32_t linear)
{
    return directory[linear / TABLE_SPAN] & PAGE_PRESENT;
}

static void flush(uint32_t linear)
{
    __asm__ volatile("invlpg (%0)" : : "r"(linear) : "memory");
}

void page_map(uint32_t linear, uint32_t physical, unsigned flags)
{
    if (!has_table(linear))
        directory[linear / TABLE_SPAN] = page_allocate(1) | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER;
    *entry_of(linear) = (physical & PAGE_ADDRESS) | flags | PAGE_PRESENT;
    flush(linear);
}

void page_unmap(uint32_t linear)
{
    if (!has_table(linear))
        return;
    *entry_of(linear) &= ~(uint32_t)PAGE_PRESENT;
    flush(linear);
}

bool page_present(uint32_t linear)
{
    return has_table(linear) && *entry_of(linear) & PAGE_PRESENT;
}

static void map_identity(uint32_t start, uint32_t end, unsigned flags)
{
    for (uint32_t page = start; page < end; page += PAGE_SIZE)
        page_map(page, page, flags);
}

void paging_init(void)
{
    for (unsigned i = 0; i < IDENTITY_END / TABLE_SPAN; i++)
        directory[i] = (uint32_t)identity[i] | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER;
    map_identity(PAGE_SIZE, IDENTITY_END, PAGE_WRITABLE); /* not page 0: a call through a null pointer has to fault */
    map_identity((uint32_t)user_text_start, (uint32_t)user_text_end, PAGE_USER);
    map_identity((uint32_t)user_data_start, (uint32_t)user_data_end, PAGE_USER | PAGE_WRITABLE);

    __asm__ volatile("mov %0, %%cr3\n\t"
                     "mov %%cr0, %%eax\n\t"
                     "or %1, %%eax\n\t"
                     "mov %%eax, %%cr0"
                     :
                     : "r"(directory), "i"(CR0_PAGING | CR0_WRITE_PROTECT)
                     : "eax", "memory");
}
