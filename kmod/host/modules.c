/* Which module of the report an object file or a function counts as. */
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

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(allocate(0, size, 1), text, size);
}

bool modules_add(struct modules *modules, char *argument)
{
    char *equals = strchr(argument, '=');

    bool is_pattern = equals && strchr(equals, '*');

    if (!equals || equals == argument || !equals[1] || (is_pattern && strchr(equals, '/')))
        return false;
    *equals++ = 0;
    modules->rules = allocate_one_more(modules->rules, modules->count, sizeof *modules->rules);
    modules->rules[modules->count++] = 
        (struct module_rule){argument, is_pattern ? copy(equals) : clean_path(equals), is_pattern, false};
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

        if (!rule->is_pattern && covers(rule->path, clean) && (!best || strlen(rule->path) > strlen(best->path)))
            best = rule;
    }
    free(clean);
    if (!best)
        return unknown;
    best->used = true;
    return best->module;
}

/* Is the name, of this length, what the pattern says? A star first takes nothing, and one character more at each failure. */
static bool fits(const char *pattern, const char *name, size_t length)
{
    const char *end = name + length;
    const char *star = 0;
    const char *taken = 0;

    while (name < end) {
        if (*pattern == '*') {
            star = pattern++;
            taken = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++taken;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == 0;
}

const char *modules_of_function(struct modules *modules, const char *name)
{
    struct module_rule *best = 0;

    for (unsigned i = 0; i < modules->count; i++) {
        struct module_rule *rule = &modules->rules[i];

        if (!rule->is_pattern || (best && strlen(rule->path) <= strlen(best->path)))
            continue;
        if (fits(rule->path, name, strlen(name)) || fits(rule->path, name, strcspn(name, ".")))
            best = rule;
    }
    if (!best)
        return 0;
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
            warn("%s has no %s %s, so %s module %s", kernel, rule->is_pattern ? "function that is" : "code from", rule->path,
                 exists ? "it adds nothing to" : "there is no", rule->module);
    }
}
