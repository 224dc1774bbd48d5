/* ESP kept in a register: mov edi, esp; ... mov esp, edi. gcc takes arguments off the stack like that, too. */
#ifndef KMOD_KEPT_ESP_H
#define KMOD_KEPT_ESP_H

#include "instruction.h"
#include "relative.h"

/* What the registers that survive a call hold, where that is an address on the stack. */
#define KEPT_REGISTERS 3

struct kept_esp {
    struct place places[KEPT_REGISTERS];
};

void kept_begin(struct kept_esp *kept);

/* After the instruction, which left ESP where it is. */
void kept_note(struct kept_esp *kept, const struct instruction *instruction, const struct place *esp);

/* Where ESP is after an instruction that takes it from a register. Lost: that is not known. */
struct place kept_place(const struct kept_esp *kept, const struct instruction *instruction);

#endif
