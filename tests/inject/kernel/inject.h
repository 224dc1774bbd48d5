/* The parts of the kernel that is damaged. */
#ifndef TESTS_INJECT_H
#define TESTS_INJECT_H

#include "plan.h"

/* victim.c. Crashes; before the last moment calls inject_before. */
void victim_run(enum crash_by crash);
void inject_before(void);

/* inject.c */
extern volatile struct plan inject_plan;

#endif
