/* Filling and copying: a loop or an assignment in C may become a call of memset or memcpy, which a kernel may not have. */
#ifndef I386_WORDS_H
#define I386_WORDS_H

#include <stdint.h>

/* Sizes are in bytes, and multiples of 4. */
static inline void words_fill(void *to, uint32_t word, uint32_t size)
{
    uint32_t count = size / 4;

    __asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(word) : "memory");
}

static inline void words_copy(void *to, const void *from, uint32_t size)
{
    uint32_t count = size / 4;

    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

#endif
