/* Jump tables: what `jmp [table + 4 * register]` can lead to, as compilers make it of a switch. */
#ifndef KMOD_JUMP_TABLE_H
#define KMOD_JUMP_TABLE_H

#include "instruction.h"
#include "memory.h"

#define JUMP_TABLE_LONGEST 512 /* entries */

struct jump_table {
    uint32_t at;    /* the first entry */
    uint32_t count; /* so many entries at most */
};

/* What is seen on the way to an indirect jump, one instruction after the other. */
struct jump_table_clues {
    uint32_t compared; /* with so many less 1, and not more: the index. 0: with nothing */
    uint32_t bound;    /* the same, and a branch was taken on that; 0: none is known */
    uint32_t loaded;   /* the table of which the register was loaded last; 0: of none */
    uint8_t loaded_register;
};

static inline void jump_table_forget(struct jump_table_clues *clues)
{
    clues->compared = clues->bound = clues->loaded = 0;
}

void jump_table_note(struct jump_table_clues *clues, const struct instruction *instruction);

/* The table of the indirect jump. False: it has none, or none that is known. */
bool jump_table_of(const struct jump_table_clues *clues, const struct instruction *jump, struct jump_table *table);

/* An entry. False: it cannot be read. */
static inline bool jump_table_entry(struct memory *memory, const struct jump_table *table, uint32_t index, uint32_t *target)
{
    return memory_word(memory, table->at + 4 * index, target);
}

#endif
