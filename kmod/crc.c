/* CRC-32, by a table of what each byte leaves. */
#include "crc.h"

/* The remainder of a byte is the exclusive or of its bits' remainders. */
#define REMAINDER(byte)                                                                                                \
    (((byte) & 1 ? 0x77073096u : 0) ^ ((byte) & 2 ? 0xee0e612cu : 0) ^ ((byte) & 4 ? 0x076dc419u : 0) ^                \
     ((byte) & 8 ? 0x0edb8832u : 0) ^ ((byte) & 16 ? 0x1db71064u : 0) ^ ((byte) & 32 ? 0x3b6e20c8u : 0) ^              \
     ((byte) & 64 ? 0x76dc4190u : 0) ^ ((byte) & 128 ? 0xedb88320u : 0))
#define FOUR(byte) REMAINDER(byte), REMAINDER((byte) + 1), REMAINDER((byte) + 2), REMAINDER((byte) + 3)
#define SIXTEEN(byte) FOUR(byte), FOUR((byte) + 4), FOUR((byte) + 8), FOUR((byte) + 12)
#define SIXTY_FOUR(byte) SIXTEEN(byte), SIXTEEN((byte) + 16), SIXTEEN((byte) + 32), SIXTEEN((byte) + 48)

static const uint32_t remainders[256] = {SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192)};

static uint32_t step(uint32_t crc)
{
    return crc >> 8 ^ remainders[(uint8_t)crc];
}

uint32_t crc_bytes(uint32_t crc, const void *bytes, uint32_t count)
{
    const uint8_t *byte = bytes;

    crc = ~crc;
    for (; count >= 4; count -= 4, byte += 4) { /* one load for four bytes */
        crc ^= byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
        crc = step(step(step(step(crc))));
    }
    for (; count > 0; count--)
        crc = step(crc ^ *byte++);
    return ~crc;
}
