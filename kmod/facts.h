/* What was found out once and has to stay as it is: kept twice, with a checksum, while the report is written. */
#ifndef KMOD_FACTS_H
#define KMOD_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct facts {
    uint32_t *words, *copy; /* count words each */
    uint32_t count;
    uint32_t check;         /* of either */
};

/* Takes the copy and the checksum. */
void facts_keep(struct facts *facts, uint32_t *words, uint32_t *copy, uint32_t count);

/* Are they still as they were? */
bool facts_whole(const struct facts *facts);

/* Makes them so from the copy. False: that is damaged, too. */
bool facts_restore(const struct facts *facts);

#endif
