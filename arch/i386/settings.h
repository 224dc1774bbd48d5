/* What the host asked for. Nobody reads it for months, and then much depends on it: it is kept twice, with a checksum. */
#ifndef I386_SETTINGS_H
#define I386_SETTINGS_H

#include <stdbool.h>

#include "ksg.h"

extern struct ksg_config settings;

/* Keeps what ksg_install was given. */
void settings_keep(const struct ksg_config *config);

/* Puts right what was overwritten since. False: both copies were; then all is as usual, without hooks. */
bool settings_check(void);

#endif
