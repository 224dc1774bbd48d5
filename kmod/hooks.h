/* Calls of the host's hooks. */
#ifndef KMOD_HOOKS_H
#define KMOD_HOOKS_H

#include "ksg.h"

/* Each is of a configuration that has the hook. They are built otherwise than the rest, see the Makefile: ESP is aligned to 16
   bytes where a hook is called, as compilers expect that use SSE. */
ksg_address hook_victim_cr3(const struct ksg_config *config);
int hook_find_stack(const struct ksg_config *config, ksg_address esp, struct ksg_stack *found);
void hook_put(const struct ksg_config *config, char character);
void hook_write(const struct ksg_config *config, const char *text, unsigned int length);
ksg_address hook_physical_to_linear(const struct ksg_config *config, ksg_address physical);

/* config: a const struct ksg_config. To be run under a guard. */
void hook_stop_cpus(void *config);
void hook_finish(void *config);

#endif
