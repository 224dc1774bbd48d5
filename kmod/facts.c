/* What was found out once and has to stay as it is. */
#include "facts.h"

#define MULTIPLIER 0x9e3779b1u /* odd, with no pattern in its bits: 2^32 divided by the golden ratio */

/* Each step can be undone, so that one changed word always makes another result. */
static uint32_t sum(const uint32_t *words, uint32_t count)
{
    uint32_t result = count;

    for (uint32_t i = 0; i < count; i++) {
        result = (result ^ words[i]) * MULTIPLIER;
        result = result << 15 | result >> 17;
    }
    return result;
}

void facts_keep(struct facts *facts, uint32_t *words, uint32_t *copy, uint32_t count)
{
    facts->words = words;
    facts->copy = copy;
    facts->count = count;
    facts->check = sum(words, count);
    for (uint32_t i = 0; i < count; i++)
        copy[i] = words[i];
}

bool facts_whole(const struct facts *facts)
{
    return sum(facts->words, facts->count) == facts->check;
}

bool facts_restore(const struct facts *facts)
{
    if (sum(facts->copy, facts->count) != facts->check)
        return false;
    for (uint32_t i = 0; i < facts->count; i++)
        facts->words[i] = facts->copy[i];
    return true;
}
