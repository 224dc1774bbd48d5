/* What was found out once and has to stay as it is: kept twice, with a checksum, while the report is written. */
#ifndef KMOD_FACTS_H
#define KMOD_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/* Copies count words, and returns their checksum. */
uint32_t facts_keep(const uint32_t *words, uint32_t *copy, uint32_t count);

uint32_t facts_sum(const uint32_t *words, uint32_t count);

/* Are they still as they were? */
bool facts_whole(const uint32_t *words, uint32_t count, uint32_t check);

/* Makes them so from the copy. False: that is damaged, too. */
bool facts_restore(uint32_t *words, const uint32_t *copy, uint32_t count, uint32_t check);

#endif
