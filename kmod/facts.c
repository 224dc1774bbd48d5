/* What was found out once and has to stay as it is. */
#include "facts.h"

#define MULTIPLIER 0x9e3779b1u /* odd, its bits without a pattern: 2^32 divided by the golden ratio */

/* Each step can be undone, so that a word that was changed always makes another sum. */
uint32_t facts_sum(const uint32_t *words, uint32_t count)
{
    uint32_t result = count;

    for (uint32_t i = 0; i < count; i++) {
        result = (result ^ words[i]) * MULTIPLIER;
        result = result << 15 | result >> 17;
    }
    return result;
}

uint32_t facts_keep(const uint32_t *words, uint32_t *copy, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        copy[i] = words[i];
    return facts_sum(copy, count);
}

bool facts_whole(const uint32_t *words, uint32_t count, uint32_t check)
{
    return facts_sum(words, count) == check;
}

bool facts_restore(uint32_t *words, const uint32_t *copy, uint32_t count, uint32_t check)
{
    if (facts_sum(copy, count) != check)
        return false;
    for (uint32_t i = 0; i < count; i++)
        words[i] = copy[i];
    return true;
}
