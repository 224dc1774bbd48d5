/* The table of modules: who used how much of the stack. */
#include "parts.h"

#define NAME_ROOM 30
#define BYTES_END 25   /* the column behind the bytes */
#define PERCENT_WIDTH 5
#define FRAMES_WIDTH 8

static void print_name(struct scene *scene, uint32_t key)
{
    struct print *print = &scene->print;
    uint32_t start;

    print_string(print, "  ");
    switch (key) {
    case USAGE_BEFORE:
        print_string(print, "(before the first frame)");
        return;
    case USAGE_GAP:
        print_string(print, "(gap)");
        return;
    case USAGE_REST:
        print_string(print, "(after the last frame)");
        return;
    case USAGE_UNKNOWN:
        print_string(print, "(no known module)");
        return;
    default:
        print_text(print, code_module_name(&scene->code, key, &start), NAME_ROOM);
    }
}

/* The number so that it ends at column end, or right behind a blank where the name is too long for that. */
static void print_bytes(struct print *print, uint32_t bytes)
{
    uint32_t digits = 1;

    for (uint32_t rest = bytes; rest >= 16; rest /= 16)
        digits++;
    print_string(print, " ");
    print_to_column(print, BYTES_END - digits);
    print_hex(print, bytes);
}

static void print_usage(struct scene *scene, const struct usage *usage, bool frames)
{
    struct print *print = &scene->print;

    print_bytes(print, usage->bytes);
    print_decimal_right(print, print_percent(usage->bytes, scene->totals.bytes), PERCENT_WIDTH);
    if (frames)
        print_decimal_right(print, usage->frames, FRAMES_WIDTH);
    print_line_end(print);
}

void part_modules(struct scene *scene)
{
    struct print *print = &scene->print;
    struct usage all = {0, scene->totals.bytes, scene->totals.frames};

    if (!scene->walked)
        return;
    print_string(print, "used by module      bytes    %  frames");
    print_line_end(print);
    for (uint32_t i = 0; i < scene->modules.count; i++) {
        const struct usage *usage = &scene->modules.entries[i];
        bool frames = usage->key < USAGE_BEFORE || usage->key == USAGE_UNKNOWN;

        if (!usage->bytes && !usage->frames)
            continue;
        print_name(scene, usage->key);
        print_usage(scene, usage, frames);
    }
    if (scene->modules.other_count) {
        print_string(print, "  (");
        print_decimal(print, scene->modules.other_count);
        print_string(print, " more)");
        print_usage(scene, &scene->modules.others, true);
    }
    print_string(print, "  all");
    print_usage(scene, &all, true);
    print_line_end(print);
}
