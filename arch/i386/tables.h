/* Page tables as the host made them: found as physical memory, by what the host says of it. SDM vol. 3, 4.3 and 4.4. */
#ifndef I386_TABLES_H
#define I386_TABLES_H

#include <stdbool.h>
#include <stdint.h>

/* An entry that maps a page. */
struct entry {
    uint32_t words[2]; /* the second with PAE only, else 0 */
    uint32_t where;    /* its linear address */
    bool large;        /* it is a page directory's, and maps 4 or 2 MiB */
    bool writable;     /* as are all above it */
};

/* How entries are read and written where memory may not be there: peek and poke, or what calls them. */
struct table_access {
    uint32_t (*read)(void *to, uint32_t address, uint32_t count);
    uint32_t (*write)(uint32_t address, const void *from, uint32_t count);
};

/* Finds the entry that maps page for a CR3. KSG_OK, KSG_NOT_MAPPED: it is not present; KSG_NO_PAGE_TABLES: a table cannot be
   read. Calls the hook physical_to_linear, which may fault. */
int tables_find(const struct table_access *access, uint32_t cr3, uint32_t page, struct entry *entry);

/* Where its page directory is for the linear eye, by that hook, too. */
uint32_t tables_linear(uint32_t cr3);

/* Is it the entry that the CPU uses for the page? Touches it. */
bool tables_proven(const struct table_access *access, const struct entry *entry, uint32_t page);

/* Makes the page present, or not. */
void tables_set_present(const struct table_access *access, const struct entry *entry, uint32_t page, bool present);

/* The page directory that a value of CR3 names. */
uint32_t tables_directory(uint32_t cr3);

#endif
