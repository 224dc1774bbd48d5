/* What the host registered: stacks and modules. The lists are the host's memory: they are checked before use. */
#ifndef KMOD_REGISTRY_H
#define KMOD_REGISTRY_H

#include "ksg.h"
#include "machine.h"
#include "symbols.h"

/* More entries than this, and the list counts as a loop. */
#define REGISTRY_LONGEST 4096
#define REGISTRY_RANGES 4096u /* of a module */

/* The lists' heads; 0 when empty. next leads on. */
const struct ksg_stack *registry_stacks(void);
const struct ksg_module *registry_modules(void);

/* Does the entry still hold what was registered? A module's ranges belong to it, its symbols do not. */
bool registry_stack_whole(const struct ksg_stack *stack);
bool registry_module_whole(const struct ksg_module *module);

/* Is there such an entry of a list of stacks, that holds? seen counts from 0 how many there were: whatever the list leads
   through, this ends. */
static inline bool registry_goes_on(const struct ksg_stack *stack, unsigned *seen)
{
    return stack && (*seen)++ < REGISTRY_LONGEST && registry_stack_whole(stack);
}

/* What a check of the lists had to leave out. */
struct registry_losses {
    uint32_t stacks, modules;      /* entries that are damaged */
    bool stacks_cut, modules_cut;  /* and what was behind them */
    uint32_t symbols;              /* modules whose symbols are damaged: they stay, without */
};

/* Takes damaged entries out of the lists, and cuts them where they lead nowhere or in a circle. Whatever the lists lead
   through, this ends. */
void registry_check(struct machine *machine, struct registry_losses *losses);

/* Was the table of this module, the index-th of the list, whole at the last check? */
bool registry_symbols_whole(uint32_t index);

/* The embedded table: weak and empty until the second link brings the kernel's. */
extern const struct symbols_header ksg_symbol_table;

#endif
