/* The lowest layer. */
#include "layers.h"

__attribute__((noinline)) static uint32_t send(uint32_t block, volatile uint32_t *request)
{
    request[2] = victim_end(block + request[1]);
    return request[2] + request[0];
}

uint32_t disk_read(uint32_t block, uint32_t depth)
{
    volatile uint32_t request[20] = {block, depth};

    if (depth < 3)
        return disk_read(block + 1, depth + 1) + request[0];
    return send(block, request) + request[1];
}
