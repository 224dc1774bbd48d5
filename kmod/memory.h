/* Reading memory that may not be there: the crashed kernel's stack and code. No read of this file can fault. */
#ifndef KMOD_MEMORY_H
#define KMOD_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes known to be readable: address start + i is bytes[i], for i below size. Never reaches across 4 GiB. */
struct window {
    const uint8_t *bytes;
    uint32_t start;
    uint32_t size;
};

/*
 * The crashed machine's memory. Two windows, so that a walk that reads stack and code in turn moves neither.
 * find sets a window that holds address and returns true, or returns false when nothing can be read there.
 */
struct memory {
    struct window data;
    struct window code;
    bool (*find)(struct memory *memory, uint32_t address, struct window *window);
    void *context;
};

/* Reads up to count bytes, first to last. Returns how many there were before the first that cannot be read; stops at
   4 GiB. */
unsigned memory_copy(struct memory *memory, struct window *window, uint32_t address, uint8_t *to, unsigned count);

/* The word whose first byte is at address, or false. */
static inline bool memory_word(struct memory *memory, uint32_t address, uint32_t *word)
{
    struct window *window = &memory->data;
    uint32_t offset = address - window->start;

    if (window->size >= 4 && offset <= window->size - 4) {
        __builtin_memcpy(word, window->bytes + offset, 4); /* x86 reads unaligned; hosts are little-endian */
        return true;
    }
    return memory_copy(memory, window, address, (uint8_t *)word, 4) == 4;
}

/* Code bytes; otherwise as memory_copy. */
static inline unsigned memory_code(struct memory *memory, uint32_t address, uint8_t *to, unsigned count)
{
    return memory_copy(memory, &memory->code, address, to, count);
}

#endif
