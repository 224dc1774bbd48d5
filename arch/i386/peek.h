/* Reading memory that may not be there: the fault is the answer. */
#ifndef I386_PEEK_H
#define I386_PEEK_H

#include "memory.h"

/*
 * Copies count bytes, first to last, and returns how many there were before the first that cannot be read. Stops at
 * 4 GiB. count is at most 2048, or nothing is read. The IDT has to be the private one, or a borrowed one (borrow.h).
 */
uint32_t peek(void *to, uint32_t address, uint32_t count);

/* The other way round, to read-only pages as well: kernels that write-protect their tables do it against others. */
uint32_t poke(uint32_t address, const void *from, uint32_t count);

/* Can the CPU itself write there, as a task switch does? It respects write protection. count is TSS_SIZE at most. */
bool peek_writable(uint32_t address, uint32_t count);

/* struct memory's find. What can be read is a matter of whole pages. */
bool peek_page(struct memory *memory, uint32_t address, struct window *window);

#endif
