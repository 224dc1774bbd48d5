/* Random numbers: FNV-1a makes the seed, Marsaglia's xorshift (Journal of Statistical Software 8, 14) what follows. */
#include "random.h"

#define FNV_START 2166136261u
#define FNV_PRIME 16777619u
#define WARM_UP 8 /* words of similar seeds are similar at first */

static uint32_t mix(uint32_t hash, uint8_t byte)
{
    return (hash ^ byte) * FNV_PRIME;
}

struct random random_begin(const char *text, unsigned number)
{
    struct random random = {FNV_START};

    while (*text)
        random.state = mix(random.state, (uint8_t)*text++);
    for (unsigned i = 0; i < sizeof number; i++)
        random.state = mix(random.state, (uint8_t)(number >> 8 * i));
    if (random.state == 0) /* which xorshift never leaves */
        random.state = FNV_START;
    for (unsigned i = 0; i < WARM_UP; i++)
        random_word(&random);
    return random;
}

uint32_t random_word(struct random *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 17;
    random->state ^= random->state << 5;
    return random->state;
}

unsigned random_below(struct random *random, unsigned limit)
{
    return random_word(random) % limit;
}

unsigned random_between(struct random *random, unsigned from, unsigned to)
{
    return from + random_below(random, to - from + 1);
}

bool random_chance(struct random *random, unsigned percent)
{
    return random_below(random, 100) < percent;
}
