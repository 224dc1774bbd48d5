/* The checksum: its published values, and the division that defines it. */
#include "crc.h"

#include <string.h>

#include "tap.h"

/* CRC-32 bit by bit, as ISO 3309 defines it. */
static uint32_t divided(const uint8_t *bytes, uint32_t count)
{
    uint32_t remainder = 0xffffffff;

    for (uint32_t bit = 0; bit < count * 8; bit++) {
        bool one = (remainder ^ (uint32_t)bytes[bit / 8] >> bit % 8) & 1;

        remainder = remainder >> 1 ^ (one ? 0xedb88320 : 0);
    }
    return ~remainder;
}

int main(void)
{
    /* The check value of the CRC catalogue, and those that gzip writes for the same bytes. */
    static const struct {
        const char *text;
        uint32_t crc;
    } known[] = {
        {"", 0},
        {"a", 0xe8b7be43},
        {"123456789", 0xcbf43926},
        {"The quick brown fox jumps over the lazy dog", 0x414fa339},
    };
    uint8_t all[256];
    uint32_t crc = 0;
    bool same = true;

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
        ok(crc_bytes(0, known[i].text, (uint32_t)strlen(known[i].text)) == known[i].crc, "\"%s\"", known[i].text);
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)(i * 7 + 3);
    for (uint32_t count = 0; count <= sizeof all; count++)
        same = same && crc_bytes(0, all, count) == divided(all, count);
    ok(same, "0 to 256 bytes, as by long division");
    for (unsigned i = 0; i < sizeof all; i++)
        crc = crc_bytes(crc, &all[i], 1);
    ok(crc == divided(all, sizeof all), "one byte after the other");
    ok(crc_bytes(crc_bytes(0, all, 100), all + 100, 156) == divided(all, sizeof all), "in two parts");
    return tap_end();
}
