/* What the host registered: stacks and modules. The lists are the host's memory; each entry is checked before use. */
#ifndef KMOD_REGISTRY_H
#define KMOD_REGISTRY_H

#include "ksg.h"
#include "symbols.h"

/* More entries than this, and the list counts as a loop. */
#define REGISTRY_LONGEST 4096

/* The lists' heads; 0 when empty. next leads on. */
const struct ksg_stack *registry_stacks(void);
const struct ksg_module *registry_modules(void);

/* Does the entry still hold what was registered? */
bool registry_stack_whole(const struct ksg_stack *stack);
bool registry_module_whole(const struct ksg_module *module);

/* The embedded table: weak and empty until the second link brings the kernel's. */
extern const struct symbols_header ksg_symbol_table;

#endif
