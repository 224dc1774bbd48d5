/* A layer in which two functions call each other: a path is looked up, name by name. */
#include "layers.h"

__attribute__((noinline)) static uint32_t lookup(uint32_t names, uint32_t hash);

__attribute__((noinline)) static uint32_t compare(uint32_t names, uint32_t hash)
{
    volatile uint32_t name[12];

    name[names % 12] = hash;
    return lookup(names - 1, hash * 31 + name[names % 12]) ^ name[names % 12];
}

__attribute__((noinline)) static uint32_t lookup(uint32_t names, uint32_t hash)
{
    volatile uint32_t entry = hash;

    if (names == 0)
        return victim_window(hash % 16 * 4) + entry;
    return compare(names, hash + entry) + entry;
}

uint32_t files_read(uint32_t file, uint32_t position)
{
    volatile uint32_t handle[6] = {file, position};

    return lookup(5 + file % 3, handle[0]) + handle[1];
}
