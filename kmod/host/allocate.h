/* Memory for the programs on the developer's machine: there is enough of it, or the program ends. */
#ifndef KMOD_HOST_ALLOCATE_H
#define KMOD_HOST_ALLOCATE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Room for count items of size bytes each; old, when not 0, moves there with all that it holds. */
static inline void *allocate(void *old, size_t count, size_t size)
{
    void *room = count <= SIZE_MAX / size ? realloc(old, count * size + 1) : 0;

    if (!room) {
        fputs("there is not enough memory for this\n", stderr);
        exit(1);
    }
    return room;
}

/* As items[count] is about to be set: room for it. The room doubles whenever count reaches a power of 2. */
static inline void *allocate_one_more(void *items, size_t count, size_t size)
{
    return (count & (count - 1)) == 0 ? allocate(items, count == 0 ? 1 : count * 2, size) : items;
}

#endif
