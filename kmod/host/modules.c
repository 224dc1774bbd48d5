/* Which module of the report an object file counts as. */
#include "modules.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "allocate.h"
#include "fail.h"

static char *current_folder(void)
{
    char *folder = 0;

    for (size_t size = 256;; size *= 2) {
        folder = allocate(folder, size, 1);
        if (getcwd(folder, size))
            return folder;
        if (errno != ERANGE)
            fail(EXIT_REFUSED, "the current folder cannot be told: %s", strerror(errno));
    }
}

/* Appends the parts of path to the clean one, which is empty or begins with a slash and does not end in one. */
static void append(char *clean, const char *path)
{
    while (*(path += strspn(path, "/"))) {
        size_t length = strcspn(path, "/");
        size_t end = strlen(clean);

        if (length == 2 && memcmp(path, "..", 2) == 0) {
            char *slash = strrchr(clean, '/');

            if (slash)
                *slash = 0;
        } else if (length != 1 || path[0] != '.') {
            clean[end] = '/';
            memcpy(clean + end + 1, path, length);
            clean[end + 1 + length] = 0;
        }
        path += length;
    }
}

static char *clean_path(const char *path)
{
    char *folder = current_folder();
    char *clean = allocate(0, strlen(folder) + strlen(path) + 3, 1);

    clean[0] = 0;
    if (path[0] != '/')
        append(clean, folder);
    append(clean, path);
    free(folder);
    return clean;
}

bool modules_add(struct modules *modules, char *argument)
{
    char *equals = strchr(argument, '=');

    if (!equals || equals == argument || !equals[1])
        return false;
    *equals = 0;
    modules->rules = allocate_one_more(modules->rules, modules->count, sizeof *modules->rules);
    modules->rules[modules->count++] = (struct module_rule){argument, clean_path(equals + 1), false};
    return true;
}

void modules_free(struct modules *modules)
{
    for (unsigned i = 0; i < modules->count; i++)
        free(modules->rules[i].path);
    free(modules->rules);
}

/* path is the object, its archive, or a folder above it: what follows it in object is nothing, a member, or a part. */
static bool covers(const char *path, const char *object)
{
    size_t length = strlen(path);
    char next;

    if (strncmp(path, object, length) != 0)
        return false;
    next = object[length];
    return next == 0 || next == '(' || next == '/';
}

const char *modules_of(struct modules *modules, const char *object, const char *unknown)
{
    char *clean = clean_path(object);
    struct module_rule *best = 0;

    for (unsigned i = 0; i < modules->count; i++) {
        struct module_rule *rule = &modules->rules[i];

        if (covers(rule->path, clean) && (!best || strlen(rule->path) > strlen(best->path)))
            best = rule;
    }
    free(clean);
    if (!best)
        return unknown;
    best->used = true;
    return best->module;
}

void modules_warn(const struct modules *modules, const char *kernel)
{
    for (unsigned i = 0; i < modules->count; i++) {
        const struct module_rule *rule = &modules->rules[i];
        bool exists = false;

        for (unsigned other = 0; other < modules->count; other++)
            exists |= modules->rules[other].used && strcmp(modules->rules[other].module, rule->module) == 0;
        if (!rule->used)
            warn("%s has no code from %s, so %s module %s", kernel, rule->path,
                 exists ? "it adds nothing to" : "there is no", rule->module);
    }
}
