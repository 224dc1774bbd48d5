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
    uint32_t work;      /* done so far, about: instructions decoded, words looked at */
    uint32_t work_most; /* loops over much of both end there; 0: nowhere */
};

/* Is it time to end? */
static inline bool memory_work_done(const struct memory *memory)
{
    return memory->work_most && memory->work >= memory->work_most;
}

/* Reads up to count bytes, first to last. Returns how many there were before the first that cannot be read; stops at
   4 GiB. */
unsigned memory_copy(struct memory *memory, struct window *window, uint32_t address, uint8_t *to, unsigned count);

/* Do the count bytes at address lie in the window as it stands? */
static inline bool memory_holds(const struct window *window, uint32_t address, uint32_t count)
{
    return window->size >= count && address - window->start <= window->size - count;
}

/* Where: of an address that it holds. */
static inline const uint8_t *memory_at(const struct window *window, uint32_t address)
{
    return window->bytes + (address - window->start);
}

/* Four bytes as a word. x86 reads unaligned; hosts are little-endian. */
static inline uint32_t memory_load(const uint8_t *bytes)
{
    uint32_t word;

    __builtin_memcpy(&word, bytes, 4);
    return word;
}

/* The word whose first byte is at address, or false. */
static inline bool memory_word(struct memory *memory, uint32_t address, uint32_t *word)
{
    if (memory_holds(&memory->data, address, 4)) {
        *word = memory_load(memory_at(&memory->data, address));
        return true;
    }
    return memory_copy(memory, &memory->data, address, (uint8_t *)word, 4) == 4;
}

/* Code bytes; otherwise as memory_copy. */
static inline unsigned memory_code(struct memory *memory, uint32_t address, uint8_t *to, unsigned count)
{
    return memory_copy(memory, &memory->code, address, to, count);
}

/* CRC-32 of what can be read from start to end. */
uint32_t memory_crc(struct memory *memory, uint32_t start, uint32_t end);

#endif
