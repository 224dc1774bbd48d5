/* Calls of the host's hooks: here, and nowhere else. */
#include "hooks.h"

#include <stdint.h>

ksg_address hook_victim_cr3(const struct ksg_config *config)
{
    return config->victim_cr3(config->context);
}

int hook_find_stack(const struct ksg_config *config, ksg_address esp, struct ksg_stack *found)
{
    return config->find_stack(config->context, esp, found);
}

void hook_put(const struct ksg_config *config, char character)
{
    config->put(config->context, character);
}

void hook_write(const struct ksg_config *config, const char *text, unsigned int length)
{
    config->write(config->context, text, length);
}

ksg_address hook_physical_to_linear(const struct ksg_config *config, ksg_address physical)
{
    return (ksg_address)(uintptr_t)config->physical_to_linear(config->context, physical);
}

void hook_stop_cpus(void *config)
{
    const struct ksg_config *hooks = config;

    hooks->stop_cpus(hooks->context);
}

void hook_finish(void *config)
{
    const struct ksg_config *hooks = config;

    hooks->finish(hooks->context);
}
