/* Byte pair encoding: the two codes that most often stand side by side become a new one, again and again. */
#include "tokens.h"

#include <string.h>

#include "allocate.h"

#define PAIRS 65536u

static uint8_t code_of(unsigned token)
{
    return (uint8_t)(token + 128);
}

/* The pair that occurs most often, its first code in the upper byte; the lowest of several, so that the same names give
   the same table. */
static unsigned commonest_pair(const struct coded *names, uint32_t count, uint32_t *occurrences)
{
    unsigned best = 0;

    memset(occurrences, 0, PAIRS * sizeof *occurrences);
    for (uint32_t i = 0; i < count; i++)
        for (unsigned at = 1; at < names[i].length; at++)
            occurrences[names[i].codes[at - 1] << 8 | names[i].codes[at]]++;
    for (unsigned pair = 1; pair < PAIRS; pair++)
        if (occurrences[pair] > occurrences[best])
            best = pair;
    return best;
}

static void replace_pair(struct coded *name, unsigned pair, uint8_t code)
{
    unsigned to = 0;

    for (unsigned from = 0; from < name->length; to++) {
        bool found = from + 1u < name->length && (unsigned)(name->codes[from] << 8 | name->codes[from + 1]) == pair;

        name->codes[to] = found ? code : name->codes[from];
        from += found ? 2 : 1;
    }
    name->length = (uint8_t)to;
}

static void append(struct token *token, uint8_t code, const struct token *tokens)
{
    bool is_character = code >= ' ' && code < 128;
    const struct token *part = &tokens[(uint8_t)(code - 128) % SYMBOLS_TOKENS];

    if (is_character) {
        token->text[token->length++] = code;
        return;
    }
    memcpy(token->text + token->length, part->text, part->length);
    token->length = (uint8_t)(token->length + part->length);
}

unsigned tokens_find(struct coded *names, uint32_t count, struct token tokens[SYMBOLS_TOKENS])
{
    uint32_t *occurrences = allocate(0, PAIRS, sizeof *occurrences);
    unsigned found;

    for (found = 0; found < SYMBOLS_TOKENS; found++) {
        unsigned pair = commonest_pair(names, count, occurrences);
        struct token *token = &tokens[found];
        uint32_t cost;

        token->length = 0;
        append(token, (uint8_t)(pair >> 8), tokens);
        append(token, (uint8_t)pair, tokens);
        cost = token->length + (uint32_t)sizeof(uint16_t); /* the table's entry for it; each occurrence saves a byte */
        if (occurrences[pair] <= cost)
            break;
        for (uint32_t i = 0; i < count; i++)
            replace_pair(&names[i], pair, code_of(found));
    }
    free(occurrences);
    return found;
}
