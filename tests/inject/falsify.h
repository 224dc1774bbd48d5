/* Is the judge strict enough? */
#ifndef TESTS_INJECT_FALSIFY_H
#define TESTS_INJECT_FALSIFY_H

#include "truth.h"

/* Holds reports that are not true, one after the other, against the memory of the overflow without damage. Prints what is
   not noticed, and returns how many that are. The same for what leads to the module: what of it is lost, if anything. ready:
   memory before the crash. */
unsigned falsify_all(const struct site *site, const struct course *course, const uint8_t *ready);

#endif
