/* CRC-32, as in zlib, Ethernet and gzip: polynomial edb88320h reflected, start and end inverted. */
#ifndef KMOD_CRC_H
#define KMOD_CRC_H

#include <stdint.h>

/* Continues crc over more bytes; begin with 0. */
uint32_t crc_bytes(uint32_t crc, const void *bytes, uint32_t count);

#endif
