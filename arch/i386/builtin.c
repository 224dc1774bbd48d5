/* What compilers call on their own for copies and clears, freestanding or not. Local to ksg.o: see the Makefile. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    void *start = to;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    return start;
}

void *memmove(void *to, const void *from, size_t count)
{
    unsigned char *last_to = (unsigned char *)to + count - 1;
    const unsigned char *last_from = (const unsigned char *)from + count - 1;

    if (to <= from || to > (const void *)last_from)
        return memcpy(to, from, count);
    __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(last_to), "+S"(last_from), "+c"(count) : : "memory", "cc");
    return to;
}

void *memset(void *to, int byte, size_t count)
{
    void *start = to;

    __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(byte) : "memory");
    return start;
}
