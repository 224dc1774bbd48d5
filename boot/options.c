/* What a kernel that defines no kernel_options gets. Alone in its file: a compiler takes what it can see for what it is. */
#include "kernel.h"

__attribute__((weak)) const struct kernel_options kernel_options = {0};
