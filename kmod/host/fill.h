/* The bytes with which assemblers and linkers fill up to the next alignment. */
#ifndef KMOD_HOST_FILL_H
#define KMOD_HOST_FILL_H

#include <stdbool.h>
#include <stdint.h>

/* How long the fill is that the count bytes at address begin with, one instruction of it; 0: they begin with something
   else. A jump counts if it goes to the end of the bytes. */
unsigned fill_length(const uint8_t *bytes, unsigned count, uint32_t address);

/* Are the count bytes at address fill and nothing else? */
bool fill_only(const uint8_t *bytes, unsigned count, uint32_t address);

#endif
