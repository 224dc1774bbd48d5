/* Which module of the report an object file counts as: the rules MODULE=PATH; and which a function:
   the rules MODULE=PATTERN. */
#ifndef KMOD_HOST_MODULES_H
#define KMOD_HOST_MODULES_H

#include <stdbool.h>

struct module_rule {
    const char *module;
    char *path;      /* from the root, without "." and ".."; or the pattern */
    bool is_pattern; /* of functions' names: it has a star, which stands for any text, and no slash */
    bool used;       /* some object or function matched it */
};

struct modules {
    struct module_rule *rules;
    unsigned count;
};

/* Takes over the rule in argument; false when it is none. Cuts argument at its "=". */
bool modules_add(struct modules *modules, char *argument);
void modules_free(struct modules *modules);

/*
 * The module of an object as a linker's map names it, build/x.o or build/libx.a(x.o): that of the longest path that is
 * the object, its archive, or a folder above it; unknown when there is none. Paths are compared as they are written,
 * from the folder where the program runs.
 */
const char *modules_of(struct modules *modules, const char *object, const char *unknown);

/* The module of a function by its symbol's name, whole or up to its first dot: that of the longest pattern that fits, or 0.
   In a build with -flto no object is that of a source file. */
const char *modules_of_function(struct modules *modules, const char *name);

/* A sentence for each rule that no code of the kernel matched. */
void modules_warn(const struct modules *modules, const char *kernel);

#endif
