/* Memory as the report found it: before and after damage that came while it was written; else both are the same. */
#ifndef TESTS_INJECT_EVIDENCE_H
#define TESTS_INJECT_EVIDENCE_H

#include "draw.h"

#define MEMORY_JUDGED 0x2000000u /* bytes: all that is mapped */

/* Fields of the TSS that the victim is saved in. */
#define TSS_EIP 32
#define TSS_EAX 40
#define TSS_ESP 56
#define TSS_EBP 60
#define TSS_CS 76

struct evidence {
    const struct site *site;
    const struct course *course; /* of this crash without damage */
    const uint8_t *memory[2];
    bool same_crash;             /* the damage came after the crash: CR2 is as without */
};

/* Is there no doubt about memory? */
static inline bool evidence_certain(const struct evidence *evidence)
{
    return evidence->memory[0] == evidence->memory[1];
}

/* Might so many bytes have been read there, in one of the memories? Into bytes; false: in that one they could not. */
bool evidence_read(const struct evidence *evidence, unsigned which, uint32_t address, uint8_t *bytes, unsigned count);

/* Might the word have been read there? */
bool evidence_word_is(const struct evidence *evidence, uint32_t address, uint32_t value);

/* The word, if there is no doubt about it. */
bool evidence_word(const struct evidence *evidence, uint32_t address, uint32_t *word);

/* Might it have been that nothing can be read there? */
bool evidence_unreadable(const struct evidence *evidence, uint32_t address);

/* Might the CPU have saved this value of a register? */
bool evidence_saved_is(const struct evidence *evidence, uint32_t field, uint32_t value);

/* Might a CALL end there, and if it is a direct one, lead to a function of that name, or to one that jumps on to it? */
bool evidence_called(const struct evidence *evidence, uint32_t return_address, const char *function);

/* Might a trap's frame with that EIP lie between these addresses? */
bool evidence_trapped(const struct evidence *evidence, uint32_t from, uint32_t to, uint32_t eip);

#endif
