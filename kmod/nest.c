/* Traps that nest. */
#include "nest.h"

/* The row is that of the function that was interrupted. */
static void count(struct nest *nest, const struct row *row, bool known, uint32_t esp, uint32_t start)
{
    nest->traps++;
    nest->stub = nest->last_stub;
    nest->pc = row->pc;
    nest->caller = known && !row->stub ? row->return_address : 0;
    if (!start)
        return;
    if (esp - start - nest->bytes > nest->widest)
        nest->widest = esp - start - nest->bytes;
    nest->bytes = esp - start;
}

void nest_take(struct nest *nest, const struct row *row, uint32_t esp, uint32_t start)
{
    bool known = row->kind == ROW_FRAME && row->trust != TRUST_GUESS;

    if (row->kind == ROW_REST || row->kind == ROW_ENTRY || row->kind == ROW_SWITCH)
        return;
    if (nest->after_stub && row->kind != ROW_USER)
        count(nest, row, known, esp, start);
    nest->after_stub = known && row->stub;
    nest->last_stub = row->pc;
    nest->broken |= !known && row->kind != ROW_USER;
}

void nest_end(struct nest *nest, enum walk_end end)
{
    nest->first = !nest->broken && (end == WALK_USER || end == WALK_ZERO || end == WALK_BASE);
}
