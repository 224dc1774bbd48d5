/* CRC-32, four bits at a time: a sixteenth of the usual table's size, and fast enough. */
#include "crc.h"

/* The remainders of the sixteen values of four bits. */
static const uint32_t remainders[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

static uint32_t divide(uint32_t remainder, uint8_t byte)
{
    remainder ^= byte;
    remainder = remainder >> 4 ^ remainders[remainder & 15];
    return remainder >> 4 ^ remainders[remainder & 15];
}

uint32_t crc_byte(uint32_t crc, uint8_t byte)
{
    return ~divide(~crc, byte);
}

uint32_t crc_bytes(uint32_t crc, const void *bytes, uint32_t count)
{
    const uint8_t *byte = bytes;

    crc = ~crc;
    for (uint32_t i = 0; i < count; i++)
        crc = divide(crc, byte[i]);
    return ~crc;
}
