/* What compilers call on their own for copies and clears, freestanding or not. Local to ksg.o: see the Makefile. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memset(void *to, int byte, size_t count);

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    void *start = to;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    return start;
}

void *memset(void *to, int byte, size_t count)
{
    void *start = to;

    __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(byte) : "memory");
    return start;
}
