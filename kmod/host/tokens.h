/* Makes names short: text that many of them share becomes a token, which a name holds as one code (symbols.h). */
#ifndef KMOD_HOST_TOKENS_H
#define KMOD_HOST_TOKENS_H

#include <stdint.h>

#include "../symbols.h"

/* A name: characters from ' ' to 126 at first, codes afterwards. */
struct coded {
    uint8_t codes[SYMBOLS_NAME_LONGEST];
    uint8_t length;
};

struct token {
    uint8_t text[SYMBOLS_NAME_LONGEST];
    uint8_t length;
};

/* Rewrites the names, and returns how many tokens they use. */
unsigned tokens_find(struct coded *names, uint32_t count, struct token tokens[SYMBOLS_TOKENS]);

#endif
