/* What the host asked for. Nobody reads it for months, and then much depends on it: it is kept twice, with a checksum. */
#ifndef I386_SETTINGS_H
#define I386_SETTINGS_H

#include <stdbool.h>

#include "ksg.h"

extern struct ksg_config settings;

/* Keeps what ksg_install was given. */
void settings_keep(const struct ksg_config *config);

/* Before a report: puts right what was overwritten since. When both copies were, all is as usual, without hooks. */
void settings_begin(void);

/* The same at every line, by a faster look. False: both copies were overwritten, now or before. */
bool settings_check(void);

#endif
